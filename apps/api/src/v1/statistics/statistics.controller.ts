import { Controller } from '@nestjs/common';
import { ReadModels } from '#libs/views';
import { Who } from '../../access/person.js';
import type { Person } from '../../access/person.js';
import { withList, type JsonText } from '../../http/json-text.js';
import { Query, Route } from '../../http/route.js';
import type { Input, Wire } from '../../http/schema.js';
import { MongoGate } from '../../mongo-gate.js';
import { filterOf, scopeOf } from '../filter.js';
import { Statistics, StatisticsQuery } from './schemas.js';
import { writeRows } from './write-rows.js';

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
    return withList({ by, total: all?.count ?? 0, through }, 'rows', writeRows(rows, by));
  }
}
