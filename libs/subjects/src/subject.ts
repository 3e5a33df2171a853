import { randomBytes } from 'node:crypto';
import { SubjectFacts } from '#libs/judge';
import type { Fact } from '#libs/judge';
import { tagOf } from './tag.js';

/**
 * A data subject of one controller, as the owner of its task keeps it in memory: what is known of it, and the secret
 * its entries' tags are made with.
 */
export class Subject {
  /** Last block whose changes are in here; -1: none yet. */
  through: number;

  constructor(
    /** See `subjectKey`. */
    readonly key: string,
    /** 32 bytes; given to nobody. */
    private readonly secret: Buffer,
    readonly facts: SubjectFacts,
    through: number,
  ) {
    this.through = through;
  }

  /** A subject seen for the first time, with a secret of its own. */
  static first(key: string): Subject {
    return new Subject(key, randomBytes(32), new SubjectFacts(), -1);
  }

  tag(eventId: string): Buffer {
    return tagOf(this.secret, eventId);
  }

  /** For keeping it; the only way the secret leaves. */
  contents(): { readonly secret: Buffer; readonly facts: Iterable<Fact> } {
    return { secret: this.secret, facts: this.facts.all() };
  }
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
