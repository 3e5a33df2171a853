import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { OnTaskBatch, OnTaskClose, OnTaskIdle, OnTaskOpen } from '#libs/stream';
import type { BatchOutcome, IdleOutcome, Positions, TaskBatch, TaskIdle, TaskOpening } from '#libs/stream';
import { Auditor } from './auditor.js';

@Controller()
export class TaskController {
  constructor(private readonly auditor: Auditor) {}

  @OnTaskOpen()
  open(@Payload() opening: TaskOpening): Promise<Positions | null> {
    return this.auditor.open(opening);
  }

  @OnTaskBatch()
  batch(@Payload() batch: TaskBatch): Promise<BatchOutcome> {
    return this.auditor.batch(batch);
  }

  @OnTaskIdle()
  idle(@Payload() idle: TaskIdle): Promise<IdleOutcome> {
    return this.auditor.idle(idle);
  }

  @OnTaskClose()
  close(@Payload() task: number): Promise<void> {
    return this.auditor.close(task);
  }
}
