import type { Register, Registers } from '#libs/register';
import type { Subject, TaskSubjects, Upcoming } from '#libs/subjects';
import { isPassing } from '#libs/trail';
import type { CalendarClock } from './calendar-clock.js';
import { DutyCalendar } from './duty-calendar.js';

/** People looked at between two batches, of whom some tens take a millisecond. */
const PEOPLE_AT_ONCE = 200;

/** By what is looked: the registers, and how earlier versions of them are found. */
export interface CalendarRules {
  readonly registers: Registers;
  /** Stands for the registers in force at a time (ms), as the subjects were told. */
  readonly digestAt: (at: number) => string;
}

export interface CalendarBook {
  readonly resolve: (id: string) => Register | undefined;
  require(ids: Iterable<string>): Promise<void>;
}

/** A look under way. */
interface Look {
  readonly calendar: DutyCalendar;
  readonly people: Upcoming;
}

/** Keeps the list of what falls due soon in a task: looks through its people now and then, some between any two batches. */
export class CalendarKeeper {
  private look: Look | null = null;

  constructor(
    private readonly subjects: Pick<TaskSubjects, 'upcoming' | 'keepOpenDuties'>,
    private readonly clock: CalendarClock,
    private readonly book: CalendarBook,
  ) {}

  /**
   * Does some of what there is to do; where MongoDB is away the look is given up until the next one is due.
   *
   * @param reached the time up to which the task's records have been taken, ms
   * @returns whether there is more to do at once
   */
  async goOn(rules: CalendarRules, reached: number): Promise<boolean> {
    const started = performance.now();
    this.look ??= this.begin(rules, reached);
    if (this.look === null) return false;
    let more = false;
    try {
      more = await this.some(this.look);
    } catch (fault) {
      if (!isPassing(fault)) throw fault;
    }
    this.clock.spend(performance.now() - started);
    if (!more) await this.end();
    return more;
  }

  /** Gives up the look under way. */
  async close(): Promise<void> {
    await this.look?.people.close();
    this.look = null;
  }

  private begin({ registers, digestAt }: CalendarRules, reached: number): Look | null {
    const at = this.clock.due(reached);
    if (at === null) return null;
    const calendar = new DutyCalendar(at, registers, this.book.resolve);
    // Who has a duty that can be missed until then is due by the instant after.
    const people = this.subjects.upcoming(digestAt(at), calendar.until + 1);
    return people === null ? null : { calendar, people };
  }

  private async some({ calendar, people }: Look): Promise<boolean> {
    const some = await people.next(PEOPLE_AT_ONCE);
    if (some === null) {
      await this.subjects.keepOpenDuties({ asOf: calendar.at, through: people.through, rows: calendar.rows() });
      return false;
    }
    await this.book.require(registersOf(some));
    for (const subject of some) calendar.add(subject);
    return true;
  }

  private async end(): Promise<void> {
    await this.close();
    this.clock.done();
  }
}

function* registersOf(subjects: readonly Subject[]): Generator<string> {
  for (const { duties } of subjects) for (const { register } of duties) yield register;
}
