import { describe, expect, test } from '@jest/globals';
import { SweepClock } from './sweep-clock.js';

const MINUTE = 60_000;

function setUp() {
  const time = { now: 999 * MINUTE };
  const clock = new SweepClock(MINUTE, () => time.now);
  time.now += MINUTE;
  return { time, clock };
}

describe('SweepClock', () => {
  test('lets a minute pass before the first sweep: a task may change hands often', () => {
    const { time, clock } = setUp();
    time.now--;
    expect(clock.due(Infinity)).toBeNull();
  });

  test('sweeps every minute, from beginning to beginning', () => {
    const { time, clock } = setUp();
    const began = time.now;
    expect(clock.at).toBe(-Infinity);
    expect(clock.due(Infinity)).toBe(began);
    time.now += 40_000;
    expect(clock.due(Infinity)).toBe(began);
    expect(clock.took).toBeNull();
    clock.done();
    expect(clock.took).toBe(40_000);
    expect(clock.at).toBe(began);
    expect(clock.due(Infinity)).toBeNull();
    time.now += 20_000;
    expect(clock.due(Infinity)).toBe(time.now);
  });

  test('does not look beyond what was read, so that catching up finds nobody late', () => {
    const { time, clock } = setUp();
    expect(clock.due(-Infinity)).toBeNull();
    expect(clock.due(7 * MINUTE)).toBe(7 * MINUTE);
    clock.done();
    time.now += MINUTE;
    expect(clock.due(9 * MINUTE)).toBe(9 * MINUTE);
    clock.done();
    time.now += MINUTE;
    expect(clock.due(Infinity)).toBe(time.now);
  });

  test('does not go back for a clock that is a little behind, nor for what records say', () => {
    const { time, clock } = setUp();
    expect(clock.due(Infinity)).toBe(1_000 * MINUTE);
    clock.done();
    time.now = 996 * MINUTE;
    expect(clock.due(Infinity)).toBe(1_000 * MINUTE);
    clock.done();
    expect(clock.due(Infinity)).toBeNull();
    time.now = 1_100 * MINUTE;
    expect(clock.due(5)).toBe(1_000 * MINUTE);
    expect(clock.correctedAt).toBeNull();
  });

  test('goes back where a third clock says that it had been wrong, in the middle of a sweep too, once all is read', () => {
    const { time, clock } = setUp();
    expect(clock.due(Infinity)).toBe(1_000 * MINUTE);
    expect(clock.isDoubtful(Infinity)).toBe(false);
    time.now = 900 * MINUTE;
    expect(clock.isDoubtful(899 * MINUTE)).toBe(false);
    expect(clock.due(899 * MINUTE)).toBeNull();
    expect([clock.at, clock.isDoubtful(Infinity)]).toEqual([1_000 * MINUTE, true]);
    clock.correct(901 * MINUTE);
    expect(clock.due(Infinity)).toBe(900 * MINUTE);
    expect([clock.at, clock.correctedAt]).toEqual([900 * MINUTE, 900 * MINUTE]);
    clock.done();
    time.now += MINUTE;
    expect(clock.due(Infinity)).toBe(901 * MINUTE);
    expect(clock.correctedAt).toBe(900 * MINUTE);
  });

  test('does not where our own clock is the one that is behind', () => {
    const { time, clock } = setUp();
    clock.continueFrom(time.now + 60 * MINUTE);
    expect(clock.isDoubtful(Infinity)).toBe(true);
    clock.correct(time.now + 61 * MINUTE);
    expect(clock.due(Infinity)).toBe(time.now + 60 * MINUTE);
    expect(clock.correctedAt).toBeNull();
  });

  test('goes back behind an owner before whose clock was wrong', () => {
    const { time, clock } = setUp();
    clock.continueFrom(time.now + 6 * MINUTE);
    expect(clock.isDoubtful(Infinity)).toBe(true);
    clock.correct(time.now);
    expect(clock.due(Infinity)).toBe(time.now);
  });

  test('never goes back behind the owner before', () => {
    const { clock } = setUp();
    clock.continueFrom(990 * MINUTE);
    expect(clock.due(5)).toBe(990 * MINUTE);
  });
});
