import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { OnTaskBatch, OnTaskClose, OnTaskOpen } from '#libs/stream';
import type { BatchOutcome, Positions, TaskBatch, TaskOpening } from '#libs/stream';
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

  @OnTaskClose()
  close(@Payload() task: number): Promise<void> {
    return this.auditor.close(task);
  }
}
