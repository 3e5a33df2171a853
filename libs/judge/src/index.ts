export { DUTIES, type Duty, type DutyFinding, type Sweep } from './duties/duty.js';
export { judgeDuties } from './duties/judge-duties.js';
export { factOf, useOf, type Fact, type OrderFact, type RightsFact, type UseFact } from './fact.js';
export { SubjectFacts } from './facts/subject-facts.js';
export { RULES, type Finding, type Reason, type Rule, type Verdict } from './finding.js';
export { judge, unreadable, type Judging } from './judge.js';
export { rejudge, sameFinding, type Judged } from './late.js';
export { OfflineAudit, type Amendment } from './offline.js';
