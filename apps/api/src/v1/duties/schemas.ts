import Type from 'typebox';
import { Count, named, nullable, oneOf, Time } from '../../http/schema.js';
import { describe, FILTERS } from '../schemas.js';

export const DUTIES = ['request-overdue', 'retention-overdue', 'erasure-overdue'] as const;

export const DutiesQuery = Type.Object({ controller: FILTERS.controller });

export const DutyCalendar = named('DutyCalendar', {
  asOf: nullable(Time, 'When it was made; null: never yet.'),
  items: Type.Array(
    named('DutiesDue', {
      controller: Type.String(),
      duty: oneOf(DUTIES, 'What it becomes where nobody fulfils it.'),
      purpose: nullable(Type.String()),
      dueAt: Time,
      count: describe(Count, 'How many people.'),
    }),
    { description: 'The soonest first.' },
  ),
  total: describe(Count, 'All counts together.'),
});
