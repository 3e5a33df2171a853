import { styleText } from 'node:util';
import { createLogUpdate } from 'log-update';
import type { Registers } from '#libs/register';
import type { LogWatch } from '../log-watch.js';
import type { TrailWatch } from '../trail-watch.js';
import { number, verdictTable } from './tables.js';
import { describeViolation } from './violations.js';

/** What the view shows besides the trail. */
export interface Doings {
  readonly published: number;
  /** null: without end. */
  readonly toPublish: number | null;
  /** What is not as it should be just now, in a line; null: all is well. */
  readonly trouble: string | null;
}

export interface LiveView {
  /** Shows how things stand. */
  show(doings: Doings): void;
  /** Leaves the last picture on the screen. */
  close(): void;
}

const PLAIN_EVERY_MS = 2_000;
const LINES_A_VIOLATION = 3;

/**
 * A picture that renews itself on a terminal; elsewhere a line every two seconds.
 *
 * @param whereToLook lines; elsewhere the first alone is told, once
 */
export function liveView(
  out: NodeJS.WriteStream,
  watch: TrailWatch,
  log: LogWatch,
  registers: Registers,
  whereToLook: readonly string[],
): LiveView {
  return out.isTTY ? terminalView(out, watch, log, registers, whereToLook) : plainView(out, watch, log, whereToLook);
}

function terminalView(
  out: NodeJS.WriteStream,
  watch: TrailWatch,
  log: LogWatch,
  registers: Registers,
  whereToLook: readonly string[],
): LiveView {
  const update = createLogUpdate(out);
  const speed = speedometer();
  return {
    show(doings) {
      const head = [
        '',
        `${styleText('bold', 'Hjemmel')}   ${progress(doings, watch)}   ${number(speed(watch.since.total))} a second`,
        styleText(
          'dim',
          `The trail has ${number(watch.all.total)} entries in ${number(watch.blocks)} blocks, earlier starts included.`,
        ),
        styleText('dim', signed(log)),
        ...(doings.trouble === null ? [] : [styleText('yellow', doings.trouble)]),
        '',
        verdictTable(watch.since),
        '',
        styleText('bold', 'Latest violations'),
      ];
      const foot = ['', styleText('bold', 'Where to look next'), ...whereToLook.map((line) => `  ${line}`)];
      const taken = [...head, ...foot].join('\n').split('\n').length;
      const room = Math.max(1, Math.floor((out.rows - taken - 1) / LINES_A_VIOLATION));
      const latest = watch.latest.slice(0, Math.min(room, 5));
      const violations = latest.flatMap((placed) => describeViolation(placed, registers, out.columns));
      update([...head, ...violations, ...foot].join('\n'));
    },
    close: () => update.done(),
  };
}

function plainView(out: NodeJS.WriteStream, watch: TrailWatch, log: LogWatch, [page]: readonly string[]): LiveView {
  let shown = 0;
  out.write(`${page}\n`);
  return {
    show(doings) {
      if (Date.now() - shown < PLAIN_EVERY_MS) return;
      shown = Date.now();
      const verdicts = ['violation', 'gap', 'unreadable'].map((name) => `${number(watch.since.verdict(name))} ${name}`);
      out.write(
        `${progress(doings, watch)}   signed ${number(log.newest?.size ?? 0)}   ${verdicts.join(', ')}` +
          `${doings.trouble === null ? '' : `   ${doings.trouble}`}\n`,
      );
    },
    close() {},
  };
}

function signed({ newest, url }: LogWatch): string {
  return newest === null
    ? `The log at ${url} has no checkpoint yet.`
    : `The newest checkpoint of the log covers ${number(newest.size)} of them: ${url}`;
}

function progress({ published, toPublish }: Doings, watch: TrailWatch): string {
  const of = toPublish === null ? '' : ` of ${number(toPublish)}`;
  return `published ${number(published)}${of}   in the trail ${number(watch.since.total)}`;
}

/** Events a second over the last few readings. */
function speedometer(): (total: number) => number {
  const readings: { at: number; total: number }[] = [];
  return (total) => {
    readings.push({ at: performance.now(), total });
    if (readings.length > 10) readings.shift();
    const first = readings[0];
    const last = readings.at(-1);
    if (first === undefined || last === undefined || last.at === first.at) return 0;
    return Math.round(((last.total - first.total) * 1000) / (last.at - first.at));
  };
}
