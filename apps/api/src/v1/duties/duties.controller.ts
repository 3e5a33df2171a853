import { Controller } from '@nestjs/common';
import { toIsoTime } from '#libs/events';
import { OpenDuties } from '#libs/subjects';
import { maySee, Who } from '../../access/person.js';
import type { Person } from '../../access/person.js';
import { Query, Route } from '../../http/route.js';
import type { Input, Wire } from '../../http/schema.js';
import { MongoGate } from '../../mongo-gate.js';
import { DutiesQuery, DutyCalendar } from './schemas.js';

/** What falls due soon; whom it is about is not known here (`hjemmel duties` tells, and records that it did). */
@Controller('api/v1/duties')
export class DutiesController {
  constructor(
    private readonly duties: OpenDuties,
    private readonly mongodb: MongoGate,
  ) {}

  @Route({
    operationId: 'listDuties',
    tag: 'duties',
    summary: 'What falls due within the next 30 days, the soonest first',
    description: 'Requests by the instant they fall due, others by day (UTC). What is overdue is a finding.',
    query: DutiesQuery,
    answer: DutyCalendar,
  })
  async list(
    @Query() { controller }: Input<typeof DutiesQuery>,
    @Who() person: Person,
  ): Promise<Wire<typeof DutyCalendar>> {
    const { asOf, rows } = await this.mongodb.ask(() => this.duties.list());
    const items = rows.filter(
      (row) => maySee(person, row.controller) && (controller === undefined || controller.includes(row.controller)),
    );
    return {
      asOf: asOf === null ? null : toIsoTime(asOf),
      items: items.map(({ dueAt, ...row }) => ({ ...row, dueAt: toIsoTime(dueAt) })),
      total: items.reduce((sum, { count }) => sum + count, 0),
    };
  }
}
