import Type from 'typebox';
import { named, nullable, oneOf, Time } from '../../http/schema.js';

export const ACTIONS = ['acknowledge', 'assign', 'comment', 'resolve', 'reopen'] as const;
export const RESOLUTIONS = ['fixed', 'declared', 'accepted', 'false-alarm'] as const;
export const STATUSES = ['open', 'acknowledged', 'resolved'] as const;

const MAX_COMMENT = 4_000;
const MAX_ASSIGNEE = 200;

export const Action = oneOf(ACTIONS);

const Resolution = oneOf(
  RESOLUTIONS,
  '`fixed`: it happens no more; `declared`: the register now has it; `accepted`: it stays; `false-alarm`: it is none.',
);

const needs = (action: (typeof ACTIONS)[number], field: string) => ({
  if: { properties: { action: { const: action } }, required: ['action'] },
  then: { properties: { [field]: {} }, required: [field] },
});

export const TriageRequest = Type.Object(
  {
    action: Action,
    comment: Type.Optional(Type.String({ minLength: 1, maxLength: MAX_COMMENT })),
    reason: Type.Optional(Resolution),
    assignee: Type.Optional(nullable(Type.String({ minLength: 1, maxLength: MAX_ASSIGNEE }), 'null: nobody.')),
    seen: Type.Optional(
      Type.Integer({
        minimum: 0,
        description:
          'How many entries of `triage` the speaker has seen. Where there are more by now nothing is said, and the answer is 409.',
      }),
    ),
  },
  {
    $id: 'TriageRequest',
    additionalProperties: false,
    description:
      '`resolve` needs `reason`, `assign` needs `assignee`, `comment` needs `comment`; others may have a comment.',
    allOf: [needs('resolve', 'reason'), needs('assign', 'assignee'), needs('comment', 'comment')],
  },
);

export const TriageEntry = named('TriageEntry', {
  id: Type.String(),
  action: Action,
  actor: Type.Object({ subject: Type.String(), name: Type.String() }, { additionalProperties: false }),
  at: Time,
  comment: nullable(Type.String()),
  reason: nullable(Resolution),
  assignee: nullable(Type.String()),
});
