import { expect, test } from '@jest/globals';
import { MongoNetworkError } from 'mongodb';
import { MongoWatch } from './mongo-watch.js';

const told = () => {
  const said: string[] = [];
  const log = {
    info: (_: object, message: string) => void said.push(message),
    warn: (_: object, message: string) => void said.push(message),
  };
  return { said, watch: new MongoWatch(async () => undefined, log) };
};

const away = 'MongoDB does not answer; trying again until it does';
const back = 'MongoDB answers again';

test('tells once that it is away, however many wait, and once that it is back', async () => {
  const { said, watch } = told();
  let failing = true;
  const ask = async () => {
    if (failing) throw new MongoNetworkError('gone');
    return 1;
  };
  const asked = [watch.untilDone(ask), watch.untilDone(ask)];
  while (said.length === 0) await new Promise(setImmediate);
  expect(watch.up).toBe(false);
  failing = false;
  expect(await Promise.all(asked)).toEqual([1, 1]);
  expect(watch.up).toBe(true);
  expect(said).toEqual([away, back]);
});

test('an answer to what was asked before it went away does not say that it is back', async () => {
  const { said, watch } = told();
  const early = Promise.withResolvers<string>();
  const before = watch.untilDone(() => early.promise);
  let failures = 2;
  const after = watch.untilDone(async () => {
    if (failures-- > 0) throw new MongoNetworkError('gone');
    return 'now';
  });
  while (said.length === 0) await new Promise(setImmediate);
  early.resolve('before');
  expect(await before).toBe('before');
  expect(watch.up).toBe(false);
  expect(await after).toBe('now');
  expect(said).toEqual([away, back]);
});

test('the driver, too, tells that it is away and back, once a change', () => {
  const { said, watch } = told();
  watch.serversChanged(false, true);
  expect(said).toEqual([]);
  watch.serversChanged(true, true);
  watch.serversChanged(true, false);
  expect(watch.up).toBe(false);
  watch.serversChanged(false, false);
  expect(said).toEqual([away]);
  watch.serversChanged(false, true);
  expect(watch.up).toBe(true);
  expect(said).toEqual([away, back]);
});

test('what needs no answer does not say that it is back, where the driver knows that it is not', async () => {
  const { said, watch } = told();
  watch.serversChanged(true, false);
  expect(await watch.untilDone(async () => 'from memory')).toBe('from memory');
  expect(watch.up).toBe(false);
  watch.serversChanged(false, true);
  expect(said).toEqual([away, back]);
});

test('what waiting does not mend is thrown', async () => {
  const { said, watch } = told();
  await expect(watch.untilDone(() => Promise.reject(new TypeError('ours')))).rejects.toThrow('ours');
  expect(said).toEqual([]);
});

test('stops trying when told to', async () => {
  const { watch } = told();
  const stop = new AbortController();
  const asked = watch.untilDone(() => Promise.reject(new MongoNetworkError('gone')), stop.signal);
  stop.abort();
  expect(await asked).toBeNull();
});
