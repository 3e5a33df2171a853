import Type from 'typebox';
import type { TArray, TInteger, TNull, TObject, TSchema, TString, TUnion } from 'typebox';
import { RULES } from '#libs/judge';
import { KINDS } from '#libs/views';
import { Count, named, nullable, oneOf, Sha256, TimeParameter } from '../http/schema.js';

/** Shapes that several resources have. */

export const VERDICTS = ['violation', 'gap', 'unreadable', 'compliant'] as const;

/** Id of a controller, purpose, service or clause. */
export const Name = Type.String({ minLength: 1, maxLength: 1_000 });

export const ProblemId = Type.String({ pattern: '^p1-[0-9a-f]{16}$', examples: ['p1-0f3c5a9be1d27468'] });

export const Kind = oneOf(
  KINDS,
  'The stream of the event; `duty` where something was due, `unreadable` where there is no event.',
);

export const Verdict = oneOf(VERDICTS, '`compliant` only where later evidence took a finding back.');

export const Effect = oneOf(['violation', 'gap', 'unreadable']);

/** Where the policy says it, or why the author of the register had to decide it. */
export const Clause = named('Clause', {
  id: Type.String(),
  summary: Type.String({ description: "In the register's own words." }),
  locator: nullable(
    Type.Object(
      {
        document: Type.String(),
        sha256: Sha256,
        fromLine: Type.Integer({ minimum: 1 }),
        toLine: Type.Integer({ minimum: 1 }),
      },
      { additionalProperties: false },
    ),
  ),
  assumption: nullable(
    Type.String({ description: "The reason of the register's author, where the policy does not say it." }),
  ),
});

/** How many values one filter may have. */
const MAX_VALUES = 100;

/** A filter that can be repeated: any of its values will do. */
const any = <T extends TSchema>(of: T, description: string) =>
  Type.Optional(Type.Array(of, { minItems: 1, maxItems: MAX_VALUES, description }));

/** Parameters by which findings, and what is counted of them, are chosen. */
export const FILTERS = {
  controller: any(Name, 'Ids of controllers.'),
  verdict: any(oneOf(VERDICTS), '`compliant`: findings that were taken back.'),
  rule: any(oneOf(RULES), 'Rules that fired.'),
  clause: any(Name, 'Clauses of registers.'),
  purpose: any(Name, 'Purposes.'),
  service: any(Name, 'Publishing services.'),
  kind: any(oneOf(KINDS), 'Streams of events; `duty`; `unreadable`.'),
  problem: any(ProblemId, 'Problems that findings belong to.'),
  occurredFrom: Type.Optional(describe(TimeParameter, 'When it took place; inclusive.')),
  occurredTo: Type.Optional(describe(TimeParameter, 'When it took place; exclusive.')),
  recordedFrom: Type.Optional(describe(TimeParameter, 'When it was first judged; inclusive.')),
  recordedTo: Type.Optional(describe(TimeParameter, 'When it was first judged; exclusive.')),
};

/** Parameters of lists that come in pages. */
export const PAGING = {
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 50, description: 'Items of a page.' }),
  cursor: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 500,
      description: '`nextCursor` of the page before, under the same filters and sort.',
    }),
  ),
};

/** A page of a list. */
export function pageOf<T extends TSchema>(
  name: string,
  item: T,
): TObject<{ items: TArray<T>; total: TInteger; nextCursor: TUnion<[TString, TNull]>; through: TInteger }> {
  return named(name, {
    items: Type.Array(item),
    total: Type.Integer({ minimum: 0, description: 'All there are, on whichever page.' }),
    nextCursor: nullable(Type.String(), 'null: this is the last page.'),
    through: describe(Count, 'The size of the log that this was read at.'),
  });
}

/** A schema with a description of its own. */
export function describe<T extends TSchema>(schema: T, description: string): T {
  return Type.With(schema, { description }) as unknown as T;
}
