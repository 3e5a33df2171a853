import { Controller } from '@nestjs/common';
import { ReadModels, type Dimension, type StatisticsRow } from '#libs/views';
import { Who } from '../../access/person.js';
import type { Person } from '../../access/person.js';
import { withLongList, type JsonText } from '../../http/json-text.js';
import { Query, Route } from '../../http/route.js';
import type { Input, Wire } from '../../http/schema.js';
import { MongoGate } from '../../mongo-gate.js';
import { dayText } from '../day.js';
import { filterOf, scopeOf } from '../filter.js';
import { Statistics, StatisticsQuery } from './schemas.js';

/** How many entries there are. */
@Controller('api/v1/statistics')
export class StatisticsController {
  constructor(
    private readonly models: ReadModels,
    private readonly mongodb: MongoGate,
  ) {}

  @Route({
    operationId: 'getStatistics',
    tag: 'statistics',
    summary: 'How many entries were judged, by up to three fields',
    description:
      'Compliant ones are counted too, unless filtered out. Times count by whole days (UTC): those that the given ones lie in.',
    query: StatisticsQuery,
    answer: Statistics,
  })
  async count(
    @Query() query: Input<typeof StatisticsQuery>,
    @Who() person: Person,
  ): Promise<JsonText<Wire<typeof Statistics>>> {
    const by = [...query.by];
    const [filter, scope] = [filterOf(query), scopeOf(person)];
    const { through } = this.models;
    const [rows, [all]] = await this.mongodb.ask(() =>
      Promise.all([this.models.statistics(filter, scope, by), this.models.statistics(filter, scope, [])]),
    );
    return withLongList({ by, total: all?.count ?? 0, through }, 'rows', wireRows(rows, by));
  }
}

type WireRow = Wire<typeof Statistics>['rows'][number];

function* wireRows(rows: Iterable<StatisticsRow>, by: readonly Dimension[]): Generator<WireRow> {
  // Days recur, in tens of thousands of rows.
  const dayTexts = new Map<number, string>();
  for (const { key, count } of rows) {
    const row: Record<string, string | number | null> = {};
    for (const [i, dimension] of by.entries()) {
      const part = key[i] as string | number | null;
      row[dimension] = typeof part === 'number' ? remembered(dayTexts, part) : part;
    }
    row['count'] = count;
    yield row as WireRow;
  }
}

function remembered(texts: Map<number, string>, day: number): string {
  const known = texts.get(day);
  if (known !== undefined) return known;
  const text = dayText(day);
  texts.set(day, text);
  return text;
}
