import { Binary } from 'mongodb';
import { decodeEntry } from '#libs/events';
import type { AuditEntry, EntryKind, EntryPosition } from '#libs/events';
import { changeEntry, forge, writeEntries } from '../forge.js';
import type { Content, Target, Trail } from '../trail.js';
import type { Kind } from './kind.js';

type Change = (entry: AuditEntry, content: Content) => AuditEntry;

/** Changes to what was amended, to duties, and to the registers that were judged by. */
export const EVIDENCE_KINDS: readonly Kind[] = [
  {
    title: 'an amendment said to be of a later entry',
    changes: ['blocks'],
    shows: 'yes',
    said: /^entry \d+ \(.*\): the entry it amends, \d+\/\d+\/\d+, does not stand before it$/m,
    tamper: (trail, { entries }) =>
      inAmendment(trail, entries * 0.4, (entry, { n }) => aimed(entry, { block: n + 1, index: 0 })),
  },
  {
    title: "an amendment said to be of another task's entry",
    changes: ['blocks'],
    shows: 'yes',
    said: /^entry \d+ \(.*\): the entry it amends, \d+\/\d+\/\d+, is of another task$/m,
    tamper: (trail, { entries }) =>
      inAmendment(trail, entries * 0.4, (entry, { task }) =>
        aimed(entry, { task: (task + 1) % 4, block: 0, index: 0 }),
      ),
  },
  {
    title: 'an amendment said to be of another finding',
    changes: ['blocks'],
    shows: 'yes',
    said: /^entry \d+ \(.*\): the entry it amends, \d+\/0\/\d+, is about another record, event or purpose$/m,
    tamper: async (trail, { entries }) => {
      const { target, index } = await blockWith(trail, entries * 0.4, 'amendment');
      const other = await otherFinding(trail, target.task);
      await alter(trail, target, index, (entry) => aimed(entry, other));
    },
  },
  {
    title: 'the same, and everything signed anew',
    changes: ['blocks', 'tiles', 'checkpoints', 'cosignatures'],
    shows: 'held',
    said: /^entry \d+ \(.*\): the entry it amends, \d+\/0\/\d+, is about another record, event or purpose$/m,
    tamper: async (trail, { entries, signers }) => {
      await trail.db.collection('cosignatures').deleteMany({});
      const { target, index } = await blockWith(trail, entries * 0.3, 'amendment');
      const other = await otherFinding(trail, target.task);
      const change = (content: Content) => changeEntry(content, index, (entry) => aimed(entry, other));
      await forge(trail, target, change, { signers });
    },
  },
  {
    title: 'an amendment of an unreadable record',
    changes: ['blocks'],
    shows: 'yes',
    said: /^entry \d+ \(.*\): the entry it amends, .*, is neither a finding nor a duty, but of kind unreadable$/m,
    tamper: (trail) => aimAt(trail, 'unreadable'),
  },
  {
    title: 'an amendment of an amendment',
    changes: ['blocks'],
    shows: 'yes',
    said: /^entry \d+ \(.*\): the entry it amends, .*, is neither a finding nor a duty, but of kind amendment$/m,
    tamper: (trail) => aimAt(trail, 'amendment'),
  },
  {
    title: 'an amendment that amends nothing',
    changes: ['blocks'],
    shows: 'yes',
    said: /^entry \d+ \(.*\): it amends and does not say what$/m,
    tamper: (trail, { entries }) => inAmendment(trail, entries * 0.4, (entry) => ({ ...entry, amends: null })),
  },
  {
    title: 'an amendment passed off as a finding of its record, which would account for the offset again',
    changes: ['blocks'],
    shows: 'yes',
    said: /^entry \d+ \(.*\): its block does not account for its record, offset \d+ of \w+\/\d+$/m,
    tamper: (trail, { entries }) =>
      inAmendment(trail, entries * 0.4, (entry) => ({ ...entry, kind: 'finding', amends: null })),
  },
  {
    title: 'a finding passed off as an amendment of another one',
    changes: ['blocks'],
    shows: 'yes',
    said: /^entry \d+ \(.*\): the entry it amends, .*, is about another record, event or purpose$/m,
    tamper: async (trail, { entries }) => {
      const { target, index } = await blockWith(trail, entries * 0.4, 'finding');
      const amends = await otherFinding(trail, target.task);
      await alter(trail, target, index, (entry) => ({ ...entry, kind: 'amendment', amends }));
    },
  },
  {
    title: 'a duty said to be of a record',
    changes: ['blocks'],
    shows: 'yes',
    said: /^entry \d+ \(.*\): it is of kind duty and names a record, which only its finding does$/m,
    tamper: async (trail, { entries }) => {
      const { target, index } = await blockWith(trail, entries * 0.4, 'duty');
      const source = { topic: 'orders', partition: target.task, offset: 0, timestamp: 0 };
      await alter(trail, target, index, (entry) => ({ ...entry, source }));
    },
  },
  {
    title: 'a finding said to be by a register that was not loaded',
    changes: ['blocks'],
    shows: 'yes',
    said: /^entry \d+ \(.*\): it was judged by the register 070707070707, and of the registers that its task states/m,
    tamper: async (trail, { entries }) => {
      const { target, index } = await blockWith(trail, entries * 0.4, 'finding');
      await alter(trail, target, index, (entry) => ({ ...entry, register: Buffer.alloc(32, 7) }));
    },
  },
  {
    title: 'which registers were loaded altered',
    changes: ['blocks'],
    shows: 'yes',
    said: /^entry \d+ \(.*\): it was judged by the register \w+, and of the registers that its task states none of its /m,
    tamper: async (trail) => {
      const content = await trail.content({ task: 0, n: 0 });
      changeEntry(content, 0, (entry) => ({ ...entry, account: entry.account && { ...entry.account, registers: [] } }));
      await writeEntries(trail, content, { hashes: true });
    },
  },
  {
    title: 'a register in the archive altered',
    changes: ['registers'],
    shows: 'no',
    said: /^register \w{12}: its file is another register, \w{12}$/m,
    tamper: async (trail) => {
      const { _id, file } = await anyRegister(trail);
      await trail.set('registers', _id, { file: (file as string).replace(/^name: .*$/m, 'name: Somebody else') });
    },
  },
  {
    title: 'the version of a register in the archive altered',
    changes: ['registers'],
    shows: 'no',
    said: /^register \w{12}: its file and its other fields say different things$/m,
    tamper: async (trail) => trail.set('registers', (await anyRegister(trail))._id, { version: 99 }),
  },
  {
    title: 'a register in the archive dropped',
    changes: ['registers'],
    shows: 'no',
    said: /^register \w{12}: it is not in the archive, and block 0 of task \d+ states it$/m,
    tamper: async (trail) => trail.drop('registers', (await anyRegister(trail))._id),
  },
  {
    title: 'a register put into the archive under the digest of another',
    changes: ['registers'],
    shows: 'no',
    said: /^register 0{12}: its file is another register, \w{12}$/m,
    tamper: async (trail) =>
      trail.add('registers', { ...(await anyRegister(trail)), _id: new Binary(Buffer.alloc(32)) }),
  },
];

/** Says that an amendment is of another entry, of the same task and block where none is named. */
function aimed(entry: AuditEntry, to: Partial<EntryPosition>): AuditEntry {
  if (entry.amends === null) throw new Error('the entry amends nothing');
  return { ...entry, amends: { ...entry.amends, ...to } };
}

/** The first block from a log index on, or else of all, that has an entry of that kind behind its first, and where. */
async function blockWith(
  trail: Trail,
  logIndex: number,
  kind: EntryKind,
): Promise<{ target: Target; index: number; content: Content }> {
  for (const target of [...trail.targets.filter(({ start }) => start >= logIndex), ...trail.targets]) {
    if (target.n === 0) continue;
    const content = await trail.content(target);
    const index = content.entries.findIndex((bytes, i) => i > 0 && decodeEntry(bytes).kind === kind);
    if (index >= 0) return { target, index, content };
  }
  throw new Error(`no block has an entry of kind ${kind}`);
}

async function alter(
  trail: Trail,
  target: Target,
  index: number,
  change: (entry: AuditEntry) => AuditEntry,
): Promise<void> {
  const content = await trail.content(target);
  changeEntry(content, index, change);
  await writeEntries(trail, content, { hashes: true });
}

async function inAmendment(trail: Trail, logIndex: number, change: Change): Promise<void> {
  const { target, index, content } = await blockWith(trail, logIndex, 'amendment');
  await alter(trail, target, index, (entry) => change(entry, content));
}

/** Where the second finding of a task's first block stands, which no amendment that is tampered with is of. */
async function otherFinding(trail: Trail, task: number): Promise<EntryPosition> {
  const { entries } = await trail.content({ task, n: 0 });
  const [, index = 0] = entries.flatMap((bytes, i) => (decodeEntry(bytes).kind === 'finding' ? [i] : []));
  return { task, block: 0, index };
}

/** Says that an amendment is of an entry of that kind that stands before it. */
async function aimAt(trail: Trail, kind: EntryKind): Promise<void> {
  for (const target of trail.targets.toReversed()) {
    const kinds = (await trail.content(target)).entries.map((bytes) => decodeEntry(bytes).kind);
    const index = kinds.lastIndexOf('amendment');
    const at = kinds.lastIndexOf(kind, index - 1);
    if (index <= 0 || at < 0) continue;
    await alter(trail, target, index, (entry) => aimed(entry, { block: target.n, index: at }));
    return;
  }
  throw new Error(`no block has an entry of kind ${kind} before an amendment`);
}

async function anyRegister(trail: Trail): Promise<Record<string, unknown>> {
  const found = await trail.db.collection('registers').findOne({}, { sort: { controller: 1 } });
  if (found === null) throw new Error('the archive of registers is empty');
  return found;
}
