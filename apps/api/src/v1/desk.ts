import type { Provider } from '@nestjs/common';
import type { Logger } from 'pino';
import { OpenDuties, PeopleCounts } from '#libs/subjects';
import { TriageBook, TriageStore } from '#libs/triage';
import { MongoVerifications } from '#libs/trail';
import type { LogReader, MongoConnection } from '#libs/trail';
import { ReadModels } from '#libs/views';
import type { MongoGate } from '../mongo-gate.js';
import { DutiesController } from './duties/duties.controller.js';
import { FeedController } from './feed/feed.controller.js';
import { FindingsController } from './findings/findings.controller.js';
import { Freshness } from './freshness.js';
import { LogStateController } from './log/log-state.controller.js';
import { PeopleOfProblems } from './people-of-problems.js';
import { ProblemsController } from './problems/problems.controller.js';
import { StatisticsController } from './statistics/statistics.controller.js';

/** What answers for the desk of compliance people. */
export const DESK_CONTROLLERS = [
  FindingsController,
  ProblemsController,
  StatisticsController,
  DutiesController,
  LogStateController,
  FeedController,
];

export interface DeskParts {
  readonly mongodb: MongoConnection;
  readonly gate: MongoGate;
  readonly reader: LogReader;
  readonly log: Logger;
}

/** What those controllers ask. */
export function deskProviders({ mongodb, gate, reader, log }: DeskParts): Provider[] {
  const models = new ReadModels(mongodb);
  const store = new TriageStore(mongodb);
  const triage = new TriageBook(store);
  const people = new PeopleOfProblems(
    new PeopleCounts(mongodb),
    () => models.problemIds(),
    gate,
    (fault) => log.error({}, `people could not be counted: ${fault instanceof Error ? fault.message : String(fault)}`),
  );
  return [
    { provide: ReadModels, useValue: models },
    { provide: TriageStore, useValue: store },
    { provide: TriageBook, useValue: triage },
    { provide: PeopleOfProblems, useValue: people },
    { provide: OpenDuties, useValue: new OpenDuties(mongodb) },
    { provide: MongoVerifications, useValue: new MongoVerifications(mongodb) },
    { provide: Freshness, useValue: new Freshness({ models, triage, people, log: reader, gate, to: log }) },
  ];
}
