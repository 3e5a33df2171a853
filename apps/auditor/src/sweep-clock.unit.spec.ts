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

  test('never goes back, whatever the clock or the records say', () => {
    const { time, clock } = setUp();
    expect(clock.due(Infinity)).toBe(1_000 * MINUTE);
    clock.done();
    time.now = 900 * MINUTE;
    expect(clock.due(Infinity)).toBe(1_000 * MINUTE);
    clock.done();
    expect(clock.due(Infinity)).toBeNull();
    time.now = 1_100 * MINUTE;
    expect(clock.due(5)).toBe(1_000 * MINUTE);
  });

  test('never goes back behind the owner before', () => {
    const { clock } = setUp();
    clock.continueFrom(990 * MINUTE);
    expect(clock.due(5)).toBe(990 * MINUTE);
  });
});
