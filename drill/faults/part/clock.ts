import { readFileSync } from 'node:fs';

/**
 * Loaded ahead of a program under drill (`node --import`): its clock is wrong by as many ms as the file DRILL_CLOCK_FILE
 * says, read again ten times a second. The monotonic clock (`performance.now()`, timers) stays right, as it does on a
 * machine whose time is set.
 */
const file = process.env['DRILL_CLOCK_FILE'];
const READ_EVERY_MS = 100;
let offset = 0;

const RealDate = Date;
class ShiftedDate extends RealDate {
  constructor(...args: unknown[]) {
    if (args.length === 0) super(ShiftedDate.now());
    else super(...(args as [string]));
  }

  static override now(): number {
    return RealDate.now() + offset;
  }
}

if (file !== undefined) {
  const read = (): void => {
    const said = Number(readFileSync(file, 'utf8'));
    if (Number.isFinite(said)) offset = said;
  };
  read();
  setInterval(read, READ_EVERY_MS).unref();
  globalThis.Date = ShiftedDate as DateConstructor;
}
