import { createHash } from 'node:crypto';
import { encodeEntry } from '#libs/events';
import type { EntryPosition, NewEntry, StreamEvent } from '#libs/events';
import { OfflineAudit } from '#libs/judge';
import type { Registers, TransferLaw } from '#libs/register';
import { amending, dutyEntry, dutyTagText, findingEntry } from '../../../apps/auditor/src/entries.js';
import { problemsOf } from '../../../apps/auditor/src/problems.js';
import type { BlockPlan } from '../log.js';

/** That a problem touches somebody. */
export interface Touch {
  readonly problem: string;
  /** Stands for the person. */
  readonly token: Buffer;
}

/** A block for the log, and whom its findings touch. */
export interface JudgedBlock {
  readonly plan: BlockPlan;
  readonly touched: readonly Touch[];
}

interface Made {
  readonly entry: NewEntry;
  /** Stands for the person. */
  readonly token: Buffer;
}

const TASK = 0;

/** Judges events as an auditor does, without its servers, and makes the blocks that it would write. */
export class JudgedEvents {
  private readonly audit: OfflineAudit<EntryPosition>;
  private readonly findings = new Map<EntryPosition, Made>();
  private readonly offsets = new Map<string, number>();
  private blocks = 0;

  constructor(registers: Registers, law: TransferLaw) {
    this.audit = new OfflineAudit(registers, law);
  }

  /** The next block: findings on these events, with the amendments that they cause. @param recordedAt ms */
  judge(events: readonly StreamEvent[], recordedAt: number): JudgedBlock {
    const made: Made[] = [];
    for (const event of events) {
      const { controller, subject, eventId, occurredAt } = event.event;
      const place = { task: TASK, block: this.blocks, index: made.length };
      const { finding, amendments } = this.audit.accept(place, event, occurredAt);
      const entry = findingEntry(
        this.source(event),
        event,
        finding,
        { tag: digest(subject, eventId), repeat: false },
        recordedAt,
      );
      const judged = { entry, token: digest(controller, subject) };
      this.findings.set(place, judged);
      made.push(judged);
      for (const { ref, finding: now } of amendments) {
        const { entry: earlier, token } = this.findings.get(ref) as Made;
        const { verdict, reasons, assumptions } = now;
        made.push({ entry: { ...amending(earlier, ref), recordedAt, verdict, reasons, assumptions }, token });
      }
    }
    return this.blockOf(made, recordedAt);
  }

  /** The next block: the duties that are overdue by now. @param recordedAt ms */
  overdue(recordedAt: number): JudgedBlock {
    const made = this.audit.duties(recordedAt).map(({ controller, subject, duty }): Made => ({
      entry: dutyEntry(controller, duty, digest(subject, dutyTagText(duty)), recordedAt),
      token: digest(controller, subject),
    }));
    return this.blockOf(made, recordedAt);
  }

  private blockOf(made: readonly Made[], recordedAt: number): JudgedBlock {
    this.blocks++;
    const entries = made.map(({ entry }) => encodeEntry(entry));
    const touched = made.flatMap(({ entry, token }) => problemsOf(entry).map((problem) => ({ problem, token })));
    return { plan: { task: TASK, count: entries.length, recordedAt, entries }, touched };
  }

  private source({ stream, event }: StreamEvent) {
    const offset = this.offsets.get(stream) ?? 0;
    this.offsets.set(stream, offset + 1);
    return { topic: `hjemmel.${stream}`, partition: 0, offset, timestamp: event.occurredAt };
  }
}

function digest(...parts: readonly string[]): Buffer {
  return createHash('sha256').update(JSON.stringify(parts)).digest();
}
