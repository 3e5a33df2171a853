import { Controller } from '@nestjs/common';
import { toIsoTime } from '#libs/events';
import { parseCheckpoint, parseNote } from '#libs/log';
import { MongoLogReader, MongoVerifications } from '#libs/trail';
import { ReadModels } from '#libs/views';
import { Route } from '../../http/route.js';
import type { Wire } from '../../http/schema.js';
import { inUseFirst } from '../../log/key-order.js';
import { MongoGate } from '../../mongo-gate.js';
import { LogState } from './schemas.js';

/** How the log is. */
@Controller('api/v1/log')
export class LogStateController {
  constructor(
    private readonly log: MongoLogReader,
    private readonly verifications: MongoVerifications,
    private readonly models: ReadModels,
    private readonly mongodb: MongoGate,
  ) {}

  @Route({
    operationId: 'getLogState',
    tag: 'log',
    summary: 'How far the log is, who signs it, and when it was last proved',
    answer: LogState,
  })
  async state(): Promise<Wire<typeof LogState>> {
    const [newest, firstIndex, cosignedSize, keys, verified] = await this.mongodb.ask(() =>
      Promise.all([
        this.log.checkpoint(),
        this.log.minimumIndex(),
        this.log.cosignedSize(),
        this.log.keys(),
        this.verifications.newest(),
      ]),
    );
    return {
      origin: newest === null ? null : parseCheckpoint(parseNote(newest.note).text).origin,
      size: newest?.size ?? 0,
      firstIndex,
      checkpoint:
        newest === null
          ? null
          : {
              size: newest.size,
              root: newest.root.toString('base64'),
              signedAt: toIsoTime(newest.signedAt),
              note: newest.note,
            },
      cosignedSize,
      keys: inUseFirst(keys, newest?.note ?? null),
      through: this.models.through,
      verified: verified === null ? null : { ...verified, at: toIsoTime(verified.at) },
    };
  }
}
