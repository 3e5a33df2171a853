import Type from 'typebox';
import { SORTS } from '#libs/views';
import { Base64, Count, named, nullable, oneOf, Sha256, Time } from '../../http/schema.js';
import { DeclaredPurpose } from '../registers/schemas.js';
import { Clause, describe, Effect, FILTERS, Kind, pageOf, PAGING, ProblemId, Verdict } from '../schemas.js';

export const FindingId = Type.Object({
  id: Type.String({
    pattern: '^\\d{1,15}-\\d{1,15}-\\d{1,15}$',
    description: 'Task, block and index of the entry.',
    examples: ['0-12-3'],
  }),
});

export const FINDING_SORT = oneOf(SORTS, 'A minus: the newest first.');

export const FindingsQuery = Type.Object({
  ...FILTERS,
  sort: Type.With(FINDING_SORT, { default: '-occurredAt' }),
  ...PAGING,
});

const SUMMARY = {
  id: FindingId.properties.id,
  kind: Kind,
  verdict: Verdict,
  controller: nullable(Type.String(), 'null: the record could not be read, or names none.'),
  service: nullable(Type.String()),
  purpose: nullable(Type.String()),
  legalBasis: nullable(Type.String(), 'The basis that the event claims.'),
  occurredAt: nullable(Time),
  recordedAt: describe(Time, 'When it was first judged.'),
  changedAt: describe(Time, 'When it was last judged anew; `recordedAt` where it never was.'),
  amended: Type.Boolean({ description: 'Later evidence changed it.' }),
  logIndex: describe(Count, 'Where the newest entry about it stands in the log.'),
};

const REASON = { rule: Type.String(), effect: Effect, clause: nullable(Type.String()), problem: ProblemId };

export const Reason = named('Reason', REASON, 'A rule that fired.');

/** The fields that lists show. */
export const FindingSummary = named('FindingSummary', { ...SUMMARY, reasons: Type.Array(Reason) });

export const FindingPage = pageOf('FindingPage', FindingSummary);

const MESSAGE = Type.String({ description: 'What was declared and what happened.' });

export const FindingReason = named('FindingReason', { ...REASON, message: MESSAGE, clauseText: nullable(Clause) });

export const FindingRegister = named('FindingRegister', {
  id: Sha256,
  controller: Type.String(),
  version: Type.Integer(),
  inForceFrom: Time,
});

export const JudgingStep = named(
  'JudgingStep',
  {
    number: Type.Integer({ minimum: 1 }),
    rule: Type.String(),
    question: Type.String(),
    outcome: oneOf(['fired', 'passed', 'not judged']),
    effect: nullable(Effect),
  },
  'What the judging asked, and what came of it.',
);

export const FindingVersion = named(
  'FindingVersion',
  {
    logIndex: Count,
    recordedAt: Time,
    verdict: Verdict,
    reasons: Type.Array(
      Type.Object(
        { rule: Type.String(), effect: Effect, clause: nullable(Type.String()), message: MESSAGE },
        { additionalProperties: false },
      ),
    ),
  },
  'What was said of it at one time.',
);

export const Finding = named('Finding', {
  ...SUMMARY,
  reasons: Type.Array(FindingReason),
  register: nullable(FindingRegister, 'What it was held against.'),
  declared: nullable(DeclaredPurpose, 'What the register says of the purpose.'),
  assumptions: Type.Array(Clause, { description: 'Clauses it rests on that the policy does not say.' }),
  source: nullable(
    Type.Object({ topic: Type.String(), partition: Count, offset: Count }, { additionalProperties: false }),
    'The record of Kafka.',
  ),
  valueSha256: nullable(Sha256, "SHA-256 of the record's value."),
  steps: Type.Array(JudgingStep, { description: 'All rules, in the order of the table.' }),
  history: Type.Array(FindingVersion, { minItems: 1, description: 'The oldest first; the last one counts.' }),
  entry: Type.Object(
    { logIndex: Count, task: Count, block: Count, index: Count, leafHash: Sha256 },
    { additionalProperties: false },
  ),
});

export const FindingProof = named(
  'FindingProof',
  {
    logIndex: Count,
    size: describe(Count, 'Of the log, at the checkpoint.'),
    entry: describe(Base64, 'The entry, as it stands in the log.'),
    leafHash: Sha256,
    hashes: Type.Array(Base64, { description: 'Inclusion path (RFC 6962 §2.1.1), from the leaf up.' }),
    checkpoint: Type.String({ description: 'Signed note (c2sp.org/signed-note).' }),
    keys: Type.Array(Type.String(), { description: 'Verifier keys.' }),
    tlogProof: Type.String({ description: 'All of it as one text (c2sp.org/tlog-proof@v1).' }),
  },
  'That a finding is in the log, for anybody to check.',
);
