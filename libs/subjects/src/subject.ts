import { randomBytes } from 'node:crypto';
import { SubjectFacts, Uses } from '#libs/judge';
import type { DutyRecord } from '#libs/judge';
import type { SubjectBody } from './codec.js';
import { EventMarks, markOf } from './event-marks.js';
import { tagOf } from './tag.js';

/** Secrets are drawn many at a time: the system's generator takes as long for one as for a hundred. */
class Secrets {
  private drawn = Buffer.alloc(0);
  private at = 0;

  /** 32 random bytes, given once. */
  next(): string {
    if (this.at === this.drawn.length) {
      this.drawn = randomBytes(SECRET_BYTES * SECRETS_AT_ONCE);
      this.at = 0;
    }
    return this.drawn.toString('latin1', this.at, (this.at += SECRET_BYTES));
  }
}

const NO_DUTIES: readonly DutyRecord[] = [];
const SECRET_BYTES = 32;
const SECRETS_AT_ONCE = 128;
const secrets = new Secrets();

/**
 * A data subject of one controller, as the owner of its task keeps it in memory: what is known of it, and the secret
 * its entries' tags are made with.
 */
export class Subject {
  /** Last block whose changes are in here; -1: none yet. */
  through = -1;
  /** Whether it is known to have a document. */
  hasDocument = false;
  /** The duty findings about it that stand in the trail. */
  duties: readonly DutyRecord[] = NO_DUTIES;
  /**
   * The mark: evidence came late, and findings on events from this instant on (ms) may have to be amended; null: all
   * findings are by what is known.
   */
  late: number | null = null;
  /** The mark as the last block with this subject left it. */
  keptLate: number | null = null;
  /** When a sweep should look at it next, ms; null: never. */
  due: number | null = null;
  /** What `due` was found by, see `DueSubjects`; null: it is to be found anew. */
  dueBy: object | null = null;
  /** The greatest `occurredAt` of its entries in earlier blocks, ms; null: not known. */
  latest: number | null = null;
  /** The greatest `occurredAt` of its entries and of the events learnt for the block under way, ms. */
  upcoming = -Infinity;
  /**
   * The first block with an entry about it; -1: not known. What earlier ones say of the same key is of somebody who was
   * erased.
   */
  since = -1;

  private constructor(
    /** See `subjectKey`. */
    readonly key: string,
    /** 32 bytes, given to nobody; like the other as Latin-1, since a buffer takes three times the memory. */
    private readonly secret: string,
    private readonly id: string,
    readonly facts: SubjectFacts,
    readonly uses: Uses,
    /** Of the events that blocks have findings on, the one under way included. */
    readonly marks: EventMarks,
  ) {}

  /** A subject seen for the first time, with a secret of its own. */
  static first(key: string, blindId: Buffer): Subject {
    const subject = new Subject(key, secrets.next(), text(blindId), new SubjectFacts(), new Uses(), EventMarks.none());
    subject.latest = -Infinity;
    return subject;
  }

  /** A subject of whom block `n` was the first to tell. */
  static named(key: string, secret: Buffer, n: number, blindId: Buffer): Subject {
    const subject = new Subject(key, text(secret), text(blindId), new SubjectFacts(), new Uses(), EventMarks.none());
    subject.since = n;
    return subject;
  }

  /** A subject as it was kept up to block `through`. */
  static kept(body: SubjectBody, through: number, late: number | null, blindId: Buffer, since = -1): Subject {
    const facts = SubjectFacts.from(body.facts, body.exceededFrom);
    const [uses, marks] = [Uses.from(body.uses), EventMarks.of(body.marks)];
    const subject = new Subject(body.key, text(body.secret), text(blindId), facts, uses, marks);
    subject.duties = body.duties;
    subject.hasDocument = true;
    subject.through = through;
    subject.late = subject.keptLate = late;
    subject.since = since;
    return subject;
  }

  /** See `KeyRing.blindId`. */
  get blindId(): Buffer {
    return Buffer.from(this.id, 'latin1');
  }

  /** See {@link tagOf}. */
  tag(eventId: string): string {
    return tagOf(this.secret, eventId);
  }

  /** See {@link markOf}. */
  markOf(content: Uint8Array): number {
    return markOf(this.secret, content);
  }

  /** For keeping it; the only way the secret leaves. */
  contents(): SubjectBody {
    const { key, facts, uses, duties, marks } = this;
    const secret = Buffer.from(this.secret, 'latin1');
    return {
      key,
      secret,
      facts: facts.all(),
      uses: [...uses],
      duties,
      exceededFrom: facts.exceededFrom,
      marks: [...marks],
    };
  }
}

function text(bytes: Buffer): string {
  return bytes.toString('latin1');
}

/**
 * Key of a subject: `<controller>/<subject>`. A solidus or percent sign in a controller's id is percent-encoded, so that
 * two subjects never share a key; the ids of registers have neither.
 */
export function subjectKey(controller: string, subject: string): string {
  const plain = !controller.includes('/') && !controller.includes('%');
  return `${plain ? controller : controller.replaceAll('%', '%25').replaceAll('/', '%2F')}/${subject}`;
}

/** What {@link subjectKey} made a key of. */
export function parseSubjectKey(key: string): { readonly controller: string; readonly subject: string } {
  const end = key.indexOf('/');
  const controller = key.slice(0, end).replaceAll('%2F', '/').replaceAll('%25', '%');
  return { controller, subject: key.slice(end + 1) };
}
