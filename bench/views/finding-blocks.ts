import { encodeEntry, type AuditEntry, type EntryReason } from '#libs/events';
import type { Register } from '#libs/register';
import { makeBlock, type Block, type ChainEnd } from '#libs/trail';
import { Random } from '../../apps/local/src/traffic/random.js';
import type { BlockMaker } from '../log/fill.js';

/** One entry in so many is compliant. */
const COMPLIANT_EVERY = 11;
const SERVICES = ['order-desk', 'mailer', 'crm', 'warehouse', 'analytics', 'partner-gateway', 'support', 'billing'];
const STREAMS = ['orders', 'marketing', 'sharing'] as const;
const RULES = [
  ['purpose-undeclared', 'violation'],
  ['basis-undeclared', 'violation'],
  ['basis-not-stated', 'gap'],
  ['category-undeclared', 'violation'],
  ['judgement-required', 'gap'],
  ['consent-missing', 'violation'],
  ['consent-withdrawn', 'violation'],
  ['objection-ignored', 'violation'],
  ['retention-exceeded', 'violation'],
  ['recipient-undeclared', 'violation'],
  ['transfer-not-permitted', 'violation'],
] as const;
const BASES = ['consent', 'contract', 'legitimate_interests'] as const;
const DAY_MS = 86_400_000;

/** Kinds of findings that recur, some far more often than others, as in the life of a company. */
interface Recurring {
  readonly controller: string;
  readonly register: Buffer;
  readonly service: string;
  readonly purpose: string;
  readonly stream: (typeof STREAMS)[number];
  readonly legalBasis: (typeof BASES)[number];
  readonly reasons: readonly EntryReason[];
}

/** Makes blocks of findings by real registers, spread over the last year; the same ones for the same seed. */
export class FindingBlocks implements BlockMaker {
  private readonly ends = new Map<number, ChainEnd>();
  private readonly random: Random;
  private readonly recurring: readonly Recurring[];
  private made = 0;

  /**
   * @param entries that will be made in all; they are spread evenly over the year
   * @param now ms; the end of the year
   */
  constructor(
    registers: readonly Register[],
    private readonly entries: number,
    private readonly now: number,
    { seed, kinds }: { readonly seed: number; readonly kinds: number },
  ) {
    this.random = new Random(seed, 0);
    this.recurring = Array.from({ length: kinds }, () => this.anyKind(registers));
  }

  next(task: number, count: number): Block {
    const end = this.ends.get(task) ?? null;
    const n = (end?.n ?? -1) + 1;
    const from = end?.next['orders'] ?? 0;
    const recordedAt = Math.floor(this.now - (1 - this.made / this.entries) * 365 * DAY_MS);
    this.made += count;
    const ranges = [{ topic: 'orders', partition: task, from, to: from + count, lost: false }];
    const account = { task, block: n, previous: end?.digest ?? null, ranges, registers: null };
    const entries = Array.from({ length: count }, (_, i) => {
      const entry = this.entry(task, from + i, recordedAt);
      return encodeEntry(i === 0 ? { ...entry, account } : entry);
    });
    // Nothing here asks a block what it counts.
    const summary = { verdicts: [], rules: [] };
    const content = { task, ranges, next: { orders: from + count }, entries, recordedAt, writer: 'bench', summary };
    const block = makeBlock(content, end);
    this.ends.set(task, block);
    return block;
  }

  private entry(task: number, offset: number, recordedAt: number): AuditEntry {
    // By the cube a tenth of the kinds makes about half of the findings.
    const kind = this.recurring[Math.floor(this.random.fraction() ** 3 * this.recurring.length)] as Recurring;
    const { controller, register, service, purpose, stream, legalBasis, reasons } = kind;
    const compliant = offset % COMPLIANT_EVERY === 0;
    const tag = Buffer.alloc(32);
    tag.writeUIntBE(offset, 0, 6);
    tag.writeUInt32BE(task, 6);
    return {
      kind: 'finding',
      recordedAt,
      source: { topic: stream, partition: task, offset, timestamp: recordedAt },
      tag,
      occurredAt: recordedAt - Math.floor(this.random.fraction() ** 4 * 3 * DAY_MS),
      stream,
      controller,
      service,
      purpose,
      legalBasis,
      verdict: compliant ? 'compliant' : reasons.some(({ effect }) => effect === 'violation') ? 'violation' : 'gap',
      reasons: compliant ? [] : reasons,
      assumptions: [],
      register,
      amends: null,
      valueSha256: null,
      account: null,
      act: null,
      repeat: false,
    };
  }

  private anyKind(registers: readonly Register[]): Recurring {
    const register = this.any(registers);
    const clauses = [...register.clauses.keys()];
    const reasons = Array.from({ length: this.random.fraction() < 0.8 ? 1 : 2 }, () => {
      const [rule, effect] = this.any(RULES);
      return {
        rule,
        effect,
        clause: this.any(clauses),
        message: `made up: ${rule}, as if declared and done otherwise`,
      };
    });
    return {
      controller: register.controller,
      register: Buffer.from(register.id, 'hex'),
      service: this.any(SERVICES),
      purpose: this.any([...register.purposes.keys()]),
      stream: this.any(STREAMS),
      legalBasis: this.any(BASES),
      reasons,
    };
  }

  private any<T>(list: readonly T[]): T {
    return list[Math.floor(this.random.fraction() * list.length)] as T;
  }
}
