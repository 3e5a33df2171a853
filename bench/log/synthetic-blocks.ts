import { encodeEntry, type AuditEntry } from '#libs/events';
import { makeBlock, type Block, type ChainEnd } from '#libs/trail';

/** One entry in ten has a reason, and is longer for it. */
const VIOLATION_EVERY = 10;
const CONTROLLER = 'jetpak';
const REGISTER = Buffer.alloc(32, 9);

/** Makes blocks as an auditor does, without judging: what they hold is made up, every entry is whole and different. */
export class SyntheticBlocks {
  private readonly ends = new Map<number, ChainEnd>();

  /** @param topic whose offsets they account for */
  constructor(private readonly topic = 'orders') {}

  /** The next block of a task. */
  next(task: number, count: number): Block {
    const end = this.ends.get(task) ?? null;
    const n = (end?.n ?? -1) + 1;
    const { topic } = this;
    const from = end?.next[topic] ?? 0;
    const now = Date.now();
    const ranges = [{ topic, partition: task, from, to: from + count, lost: false }];
    const account = { task, block: n, previous: end?.digest ?? null, ranges, registers: null };
    const entries = Array.from({ length: count }, (_, i) => {
      const entry = finding(topic, task, from + i, now);
      return encodeEntry(i === 0 ? { ...entry, account } : entry);
    });
    const violations = countIn(from, from + count);
    const verdicts = [
      { controller: CONTROLLER, verdict: 'compliant', count: count - violations },
      { controller: CONTROLLER, verdict: 'violation', count: violations },
    ].filter((each) => each.count > 0);
    const rules = violations > 0 ? [{ rule: 'consent-withdrawn', count: violations }] : [];
    const content = { task, ranges, next: { [topic]: from + count }, entries, recordedAt: now };
    const block = makeBlock({ ...content, writer: 'bench', summary: { verdicts, rules } }, end);
    this.ends.set(task, block);
    return block;
  }
}

function finding(topic: string, partition: number, offset: number, now: number): AuditEntry {
  const violation = isViolation(offset);
  const tag = Buffer.alloc(32);
  tag.writeUIntBE(offset, 0, 6);
  tag.writeUInt32BE(partition, 6);
  return {
    kind: 'finding',
    recordedAt: now,
    source: { topic, partition, offset, timestamp: now },
    tag,
    occurredAt: now,
    stream: 'orders',
    controller: CONTROLLER,
    service: 'order-service',
    purpose: 'customer-administration',
    legalBasis: 'consent',
    verdict: violation ? 'violation' : 'compliant',
    reasons: violation
      ? [
          {
            rule: 'consent-withdrawn',
            effect: 'violation',
            clause: 'consent-withdrawal',
            message:
              'Declared: consent for customer-administration. The consent was withdrawn at 2026-01-02T03:04:05Z.',
          },
        ]
      : [],
    assumptions: [],
    register: REGISTER,
    amends: null,
    valueSha256: null,
    account: null,
    act: null,
    repeat: false,
  };
}

function isViolation(offset: number): boolean {
  return offset % VIOLATION_EVERY === 0;
}

/** How many of the offsets `[from, to)` are violations. */
function countIn(from: number, to: number): number {
  return Math.ceil(to / VIOLATION_EVERY) - Math.ceil(from / VIOLATION_EVERY);
}
