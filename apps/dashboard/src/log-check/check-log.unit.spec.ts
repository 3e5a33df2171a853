import { beforeEach, describe, expect, test } from '@jest/globals';
import { Frontier, formatCheckpoint, generateSignerKey, leafHash, parseSigner, signNote, type Signer } from '#libs/log';
import { toBase64, type Bytes } from '../proof/bytes.js';
import { checkLog, type LogReport } from './check-log.js';
import { keptCheckpoint } from './kept.js';
import { NotServed, type PublicLog } from './public-log.js';
import { TILE_WIDTH, tilePath, tileWidth, type Tile } from './tiles.js';

const ORIGIN = 'audit.example/log';
const DAY = 86_400_000;

/** A log as it is served, of entries that can be told apart by `seed`. */
class ServedLog implements PublicLog {
  readonly #full = new Map<string, Buffer>();
  readonly #frontier = Frontier.empty();
  readonly signer: Signer;
  tampered = new Map<string, Bytes>();
  /** What begins with it is not answered for. */
  away: string | null = null;
  /** The tiles that were asked for last. */
  wanted: readonly Tile[] = [];

  constructor(
    readonly seed = 'a',
    key = generateSignerKey(ORIGIN),
    readonly origin = ORIGIN,
  ) {
    this.signer = parseSigner(key);
  }

  grow(to: number, seed = this.seed): this {
    const leaves: Buffer[] = [];
    for (let i = this.#frontier.size; i < to; i++) leaves.push(leafHash(Buffer.from(`${seed} ${i}`)));
    for (const { level, index, hashes } of this.#frontier.append(Buffer.concat(leaves))) {
      this.#full.set(tilePath({ level, index, width: TILE_WIDTH }), hashes);
    }
    return this;
  }

  get size(): number {
    return this.#frontier.size;
  }

  note(): string {
    const { size } = this;
    return signNote(formatCheckpoint({ origin: this.origin, size, root: this.#frontier.root(), extensions: [] }), [
      this.signer,
    ]);
  }

  async checkpoint(): Promise<string | null> {
    this.#ask('checkpoint');
    return this.size === 0 ? null : this.note();
  }

  async keys(): Promise<string[]> {
    this.#ask('key');
    return [this.signer.verifierKey];
  }

  async tiles(tiles: readonly Tile[]): Promise<Bytes[]> {
    this.wanted = tiles;
    return tiles.map((tile) => this.tampered.get(tilePath(tile)) ?? this.tile(tile));
  }

  tile(tile: Tile): Bytes {
    const path = tilePath(tile);
    this.#ask(path);
    const full = this.#full.get(tilePath({ ...tile, width: TILE_WIDTH }));
    if (tileWidth(tile.level, tile.index, this.size) < tile.width) throw new NotServed(path, 404);
    return new Uint8Array(full ?? this.#frontier.edge(tile.level)).slice(0, tile.width * 32);
  }

  #ask(path: string): void {
    if (this.away !== null && path.startsWith(this.away)) throw new NotServed(path, 503);
  }
}

class Store extends Map<string, string> {
  getItem = (key: string): string | null => this.get(key) ?? null;
  setItem = (key: string, value: string): void => void this.set(key, value);
  removeItem = (key: string): void => void this.delete(key);
}

const said = ({ steps }: LogReport): string[] => steps.map(({ name, finding }) => `${name} ${finding}`);

describe('checking the log', () => {
  let store: Store;
  let now: number;
  const check = (log: PublicLog): Promise<LogReport> =>
    checkLog(log, { subtle: crypto.subtle, store, now: () => (now += DAY) });

  beforeEach(() => {
    store = new Store();
    now = Date.parse('2026-03-01T00:00:00Z');
  });

  test('the first time keeps the checkpoint', async () => {
    const log = new ServedLog().grow(700);
    const report = await check(log);
    expect(said(report)).toEqual(['checkpoint read', 'signature holds', 'history first', 'keep kept']);
    expect(report.weight).toBe('noted');
    expect(keptCheckpoint(store)).toMatchObject({ origin: ORIGIN, size: 700, note: log.note() });
  });

  test('a log that has grown is proved to continue the kept one, which the new one replaces', async () => {
    const log = new ServedLog().grow(700);
    await check(log);
    const report = await check(log.grow(7_123));
    expect(said(report)).toEqual(['checkpoint read', 'signature holds', 'history continued', 'keep kept']);
    expect(report.weight).toBe('held');
    expect(report.before?.size).toBe(700);
    expect(keptCheckpoint(store)?.size).toBe(7_123);
  });

  test('a log that stands still is the same', async () => {
    const log = new ServedLog().grow(5);
    await check(log);
    expect(said(await check(log)).slice(2)).toEqual(['history same', 'keep unchanged']);
  });

  describe('sees that history was rewritten', () => {
    let key: string;
    let kept: string | undefined;
    /** The alarm, with the kept checkpoint still there. */
    const expectAlarm = async (log: PublicLog, finding: string): Promise<void> => {
      const report = await check(log);
      expect(said(report).slice(2)).toEqual([`history ${finding}`, 'keep refused']);
      expect(report.weight).toBe('alarm');
      expect([...store.values()]).toEqual([kept]);
      expect(report.before?.size).toBe(1_024);
    };

    beforeEach(async () => {
      key = generateSignerKey(ORIGIN);
      await check(new ServedLog('a', key).grow(1_024));
      kept = [...store.values()][0];
    });

    test.each([1_025, 1_300, 5_000])('in a log that has grown to %d', async (size) => {
      await expectAlarm(new ServedLog('a', key).grow(1_000).grow(1_001, 'forged').grow(size), 'rewritten');
    });

    test('in one of the same size', async () => {
      await expectAlarm(new ServedLog('b', key).grow(1_024), 'split');
    });

    test('in one that was set back', async () => {
      await expectAlarm(new ServedLog('a', key).grow(1_000), 'shorter');
    });

    test('in one that is now called otherwise', async () => {
      await expectAlarm(new ServedLog('a', generateSignerKey('new.example'), 'new.example').grow(2_000), 'otherLog');
    });

    test('also where it was signed with a new key', async () => {
      const report = await check(new ServedLog('b').grow(3_000));
      expect(said(report).slice(1, 3)).toEqual(['signature newKey', 'history rewritten']);
    });
  });

  test('an older checkpoint that the kept one continues is no alarm, and does not replace it', async () => {
    const log = new ServedLog().grow(900);
    const older = log.note();
    await check(log.grow(1_500));
    log.checkpoint = async () => older;
    const report = await check(log);
    expect(said(report).slice(2)).toEqual(['history older', 'keep unchanged']);
    expect(keptCheckpoint(store)?.size).toBe(1_500);
  });

  test('an older checkpoint of another history is an alarm', async () => {
    const key = generateSignerKey(ORIGIN);
    const log = new ServedLog('a', key).grow(1_500);
    await check(log);
    log.checkpoint = async () => new ServedLog('b', key).grow(900).note();
    expect(said(await check(log))[2]).toBe('history rewritten');
  });

  test('each tile that is tampered with is noticed, and nothing is said of the history', async () => {
    const log = new ServedLog().grow(3_000);
    await check(log);
    log.grow(5_321);
    const snapshot = [...store];
    expect(said(await check(log))[2]).toBe('history continued');
    const wanted = log.wanted;
    expect(wanted.length).toBeGreaterThan(2);
    for (const tile of wanted) {
      const bytes = log.tile(tile).map((byte) => byte ^ 1);
      store = new Store(snapshot);
      log.tampered = new Map([[tilePath(tile), bytes]]);
      const report = await check(log);
      expect([tilePath(tile), said(report).slice(2)]).toEqual([tilePath(tile), ['history tilesWrong']]);
      expect(report.weight).toBe('failed');
      log.tampered.set(tilePath(tile), bytes.slice(1));
      expect(said(await check(log)).slice(2)).toEqual(['history tilesWrong']);
    }
  });

  test('a signature that is wrong, or of nobody known, ends it', async () => {
    const log = new ServedLog().grow(10);
    log.checkpoint = async () => log.note().replace('\n10\n', '\n11\n');
    expect(said(await check(log))).toEqual(['checkpoint read', 'signature wrong']);
    log.checkpoint = async () => new ServedLog().grow(10).note();
    expect(said(await check(log))).toEqual(['checkpoint read', 'signature unknownKey']);
    expect(keptCheckpoint(store)).toBeNull();
  });

  test('keys of a kind that is not known do not matter', async () => {
    const log = new ServedLog().grow(10);
    log.keys = async () => ['x', `${ORIGIN}+00000000+${toBase64(new Uint8Array(33))}`, log.signer.verifierKey];
    expect(said(await check(log))[1]).toBe('signature holds');
  });

  test('what is not there, or no checkpoint, ends it', async () => {
    expect(said(await check(new ServedLog()))).toEqual(['checkpoint none']);
    const log = new ServedLog().grow(10);
    log.checkpoint = async () => '<html>';
    expect(said(await check(log))).toEqual(['checkpoint malformed']);
  });

  test.each([
    ['checkpoint', ['checkpoint unreachable']],
    ['key', ['checkpoint read', 'signature unreachable']],
    ['tile', ['checkpoint read', 'signature holds', 'history unreachable']],
  ])('where the log does not answer for its %s nothing is said', async (path, steps) => {
    const log = new ServedLog().grow(10);
    await check(log);
    log.grow(20).away = path;
    const report = await check(log);
    expect(said(report)).toEqual(steps);
    expect(report.weight).toBe('unknown');
    expect(keptCheckpoint(store)?.size).toBe(10);
  });

  test('a browser that cannot check signatures says so', async () => {
    const log = new ServedLog().grow(10);
    const means = { store, now: () => now };
    expect(said(await checkLog(log, { ...means, subtle: undefined }))).toEqual([
      'checkpoint read',
      'signature noWebCrypto',
    ]);
    const old = {
      digest: crypto.subtle.digest.bind(crypto.subtle),
      importKey: () => Promise.reject(new DOMException('Unrecognized name.', 'NotSupportedError')),
    } as unknown as SubtleCrypto;
    expect(said(await checkLog(log, { ...means, subtle: old }))).toEqual(['checkpoint read', 'signature noEd25519']);
  });

  test('a browser that keeps nothing says so', async () => {
    store.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    expect(said(await check(new ServedLog().grow(10)))[3]).toBe('keep impossible');
  });

  test.each(['no json', '{}', '{"size":-1}', 'null'])('what is kept and cannot be read (%s) is none', (text) => {
    expect(
      keptCheckpoint({ ...store, getItem: () => text, setItem: () => undefined, removeItem: () => undefined }),
    ).toBeNull();
  });
});
