/**
 * Preloaded (`node --import`) into a process of a test: its wall clock runs ahead (or behind) by TEST_CLOCK_OFFSET_MS.
 * Timers and the monotonic clock stay as they are.
 */
const offset = Number(process.env.TEST_CLOCK_OFFSET_MS ?? 0);
const RealDate = Date;
const now = () => RealDate.now() + offset;

globalThis.Date = new Proxy(RealDate, {
  get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  construct: (target, given, newTarget) => Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget),
  apply: () => new RealDate(now()).toString(),
});
