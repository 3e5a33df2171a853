import Type from 'typebox';
import { DIMENSIONS } from '#libs/views';
import { commaSeparated, Count, Day, named, nullable, oneOf } from '../../http/schema.js';
import { describe, FILTERS } from '../schemas.js';

const MAX_DIMENSIONS = 3;

const Dimension = oneOf(DIMENSIONS);

export const StatisticsQuery = Type.Object({
  ...FILTERS,
  by: commaSeparated(Dimension, {
    maxItems: MAX_DIMENSIONS,
    uniqueItems: true,
    default: [],
    description: 'What is told apart. By `rule` and `clause` an entry counts once for each that it has.',
  }),
});

const part = () => Type.Optional(nullable(Type.String()));

export const StatisticsRow = named(
  'StatisticsRow',
  {
    day: Type.Optional(Day),
    recordedDay: Type.Optional(Day),
    controller: part(),
    purpose: part(),
    rule: part(),
    verdict: part(),
    service: part(),
    kind: part(),
    clause: part(),
    legalBasis: part(),
    count: Count,
  },
  'The fields of `by`, and how many entries there are.',
);

export const Statistics = named('Statistics', {
  by: Type.Array(Dimension),
  rows: describe(Type.Array(StatisticsRow), 'Sorted by the fields of `by`.'),
  total: describe(Count, 'Entries that were judged; each counts once.'),
  through: describe(Count, 'The size of the log that this was read at.'),
});
