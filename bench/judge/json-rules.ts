import { Engine, type RuleProperties, type TopLevelCondition } from 'json-rules-engine';
import type { DeclaredRecipient, Purpose } from '#libs/register';
import type { Question, SubsetEngine } from './subset.js';

type Facts = Readonly<Record<string, unknown>>;

/**
 * The subset in json-rules-engine: a rule for each purpose, with the engine's own operators. The purpose is compared
 * first (`priority`), so that the other conditions of the other purposes are not evaluated.
 *
 * @param by `register`: an engine for each register, which finds the purpose by its rules. `purpose`: an engine for
 * each purpose, picked beforehand; nothing is left to it but the one rule that matters
 */
export function jsonRulesEngine(questions: readonly Question[], by: 'register' | 'purpose'): SubsetEngine {
  const engines = new Map<unknown, Engine>();
  const asked = questions.map((question): { engine: Engine | null; facts: Facts } => {
    const { register, event } = question;
    const purpose = register.purposes.get(event.purpose);
    const part = by === 'register' ? register : purpose;
    if (part === undefined) return { engine: null, facts: {} };
    let engine = engines.get(part);
    if (engine === undefined) {
      const purposes = by === 'register' ? [...register.purposes.values()] : [purpose!];
      engine = new Engine(purposes.map(ruleOf));
      engines.set(part, engine);
    }
    return { engine, facts: factsOf(question) };
  });
  return {
    name: `json-rules-engine, by ${by}`,
    rules: 'subset',
    async answer(index) {
      const { engine, facts } = asked[index]!;
      if (engine === null) return false;
      const { events } = await engine.run(facts);
      return events.length > 0;
    },
  };
}

function factsOf({ event, recipient }: Question): Facts {
  return {
    purpose: event.purpose,
    legalBasis: event.legalBasis,
    dataCategories: event.dataCategories,
    isShared: recipient !== null,
    recipient: recipient?.name.trim().toLowerCase() ?? null,
    role: recipient?.role ?? null,
    sector: recipient?.sector ?? null,
  };
}

function ruleOf(purpose: Purpose): RuleProperties {
  return {
    event: { type: 'declared' },
    conditions: {
      all: [
        { fact: 'purpose', operator: 'equal', value: purpose.id, priority: 3 },
        { fact: 'legalBasis', operator: 'in', value: purpose.bases.map(({ basis }) => basis), priority: 2 },
        { fact: 'dataCategories', operator: 'everyFact:in', value: [...purpose.categories.keys()], priority: 2 },
        {
          any: [
            { fact: 'isShared', operator: 'equal', value: false, priority: 2 },
            ...purpose.recipients.map(matching),
          ],
        },
      ],
    },
  };
}

function matching({ names, roles, sectors, exceptSectors }: DeclaredRecipient): TopLevelCondition {
  if (names !== null) return { all: [{ fact: 'recipient', operator: 'in', value: names }] };
  return {
    all: [
      { fact: 'isShared', operator: 'equal', value: true },
      ...(roles === null ? [] : [{ fact: 'role', operator: 'in', value: roles }]),
      ...(sectors === null ? [] : [{ fact: 'sector', operator: 'in', value: sectors }]),
      ...(exceptSectors.length === 0 ? [] : [{ fact: 'sector', operator: 'notIn', value: exceptSectors }]),
    ],
  };
}
