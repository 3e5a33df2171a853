import { describe, expect, test } from '@jest/globals';
import { CalendarClock } from './calendar-clock.js';

const MINUTE = 60_000;

function setUp() {
  const time = { now: 999 * MINUTE };
  const clock = new CalendarClock(MINUTE, () => time.now);
  time.now += MINUTE;
  return { time, clock };
}

describe('CalendarClock', () => {
  test('lets a minute pass before the first look, and between two', () => {
    const { time, clock } = setUp();
    time.now--;
    expect(clock.due(Infinity)).toBeNull();
    time.now++;
    expect(clock.due(Infinity)).toBe(time.now);
    clock.spend(600);
    clock.done();
    time.now += MINUTE - 1;
    expect(clock.due(Infinity)).toBeNull();
    time.now++;
    expect(clock.due(Infinity)).toBe(time.now);
  });

  test('INVARIANT: looks for no more than a hundredth of the time', () => {
    const { time, clock } = setUp();
    clock.spend(1_500);
    clock.spend(500);
    clock.done();
    const pause = 99 * 2_000;
    time.now += pause - 1;
    expect(clock.due(Infinity)).toBeNull();
    time.now++;
    expect(clock.due(Infinity)).toBe(time.now);
    clock.done();
    time.now += MINUTE;
    expect(clock.due(Infinity)).toBe(time.now);
  });

  test('looks as of now, not beyond what was read, and not at all where that is long ago', () => {
    const { time, clock } = setUp();
    expect(clock.due(time.now - MINUTE)).toBe(time.now - MINUTE);
    expect(clock.due(time.now + MINUTE)).toBe(time.now);
    expect(clock.due(time.now - 6 * MINUTE)).toBeNull();
    expect(clock.due(-Infinity)).toBeNull();
  });

  test('goes on where the clock is put back', () => {
    const { time, clock } = setUp();
    clock.done();
    time.now -= 100 * MINUTE;
    expect(clock.due(Infinity)).toBe(time.now);
  });
});
