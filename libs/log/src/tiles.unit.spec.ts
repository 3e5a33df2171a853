import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LogFormatError } from './errors.js';
import { bundlePath, parseLogPath, tilePath, tileRoot, tileWidth } from './tiles.js';

describe('paths', () => {
  test.each([
    [{ level: 0, index: 0, width: 256 }, 'tile/0/000'],
    [{ level: 0, index: 1067, width: 5 }, 'tile/0/x001/067.p/5'],
    [{ level: 1, index: 1_234_067, width: 256 }, 'tile/1/x001/x234/067'],
    [{ level: 63, index: 999, width: 255 }, 'tile/63/999.p/255'],
    [{ level: 2, index: 1_000, width: 1 }, 'tile/2/x001/000.p/1'],
  ])('of tile %j', (tile, path) => {
    expect(tilePath(tile)).toBe(path);
    expect(parseLogPath(path)).toEqual({ kind: 'tile', ...tile });
  });

  test('of bundles', () => {
    expect(bundlePath({ index: 273, width: 112 })).toBe('tile/entries/273.p/112');
    expect(parseLogPath('tile/entries/273.p/112')).toEqual({ kind: 'entries', index: 273, width: 112 });
  });

  test('come back as they were', () => {
    const index = fc.oneof(fc.nat(5_000), fc.maxSafeNat());
    fc.assert(
      fc.property(fc.nat(63), index, fc.integer({ min: 1, max: 256 }), (level, index, width) => {
        expect(parseLogPath(tilePath({ level, index, width }))).toEqual({ kind: 'tile', level, index, width });
        expect(parseLogPath(bundlePath({ index, width }))).toEqual({ kind: 'entries', index, width });
      }),
    );
  });

  test.each([
    ['', 'nothing'],
    ['checkpoint', 'another resource'],
    ['/tile/0/000', 'a slash in front'],
    ['tile/0/000/', 'a slash behind'],
    ['tile/0/000\n', 'a newline behind'],
    ['tile/00/000', 'a leading zero in the level'],
    ['tile/64/000', 'a level that is too high'],
    ['tile/-1/000', 'a level below zero'],
    ['tile/0/0', 'too few digits'],
    ['tile/0/0000', 'too many digits'],
    ['tile/0/x000/001', 'a leading group of zeros'],
    ['tile/0/001/067', 'a first group without x'],
    ['tile/0/x001/x067', 'a last group with x'],
    ['tile/0/X001/067', 'a capital x'],
    ['tile/0/x009/x999/x999/x999/x999/999', 'an index beyond what a number holds'],
    ['tile/0/000.p/0', 'a width of 0'],
    ['tile/0/000.p/256', 'a width of 256'],
    ['tile/0/000.p/05', 'a leading zero in the width'],
    ['tile/0/000.p/+5', 'a sign'],
    ['tile/0/000.p/', 'no width'],
    ['tile/0/000.p', 'no width and no slash'],
    ['tile/0/000p/5', 'no dot'],
    ['tile/0/٠٠٠', 'digits of another script'],
    ['tile/8/0/000', 'the form of the Go checksum database'],
    ['tile/entries/x000/001', 'a leading group of zeros of a bundle'],
    ['tile/data/000', 'an unknown kind'],
  ])('%j has %s and names nothing', (path) => {
    expect(parseLogPath(path)).toBeNull();
  });

  test('what names something names it in the one way', () => {
    const path = fc.oneof(
      fc.string(),
      fc.stringMatching(/^tile\/(entries|[0-9]{1,2})\/(x?[0-9]{3}\/){0,3}[0-9]{3}(\.p\/[0-9]{1,3})?$/),
    );
    fc.assert(
      fc.property(path, (text) => {
        const parsed = parseLogPath(text);
        if (parsed !== null) expect(parsed.kind === 'tile' ? tilePath(parsed) : bundlePath(parsed)).toBe(text);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    { level: 64, index: 0, width: 1 },
    { level: -1, index: 0, width: 1 },
    { level: 0.5, index: 0, width: 1 },
    { level: 0, index: -1, width: 1 },
    { level: 0, index: 2 ** 53, width: 1 },
    { level: 0, index: 0, width: 0 },
    { level: 0, index: 0, width: 257 },
  ])('%j has none', (tile) => {
    expect(() => tilePath(tile)).toThrow(RangeError);
  });
});

describe('widths', () => {
  test.each([
    [0, 0, 0, 0],
    [0, 0, 1, 1],
    [0, 0, 256, 256],
    [0, 1, 256, 0],
    [1, 0, 256, 1],
    [1, 0, 255, 0],
    [0, 272, 70_000, 256],
    [0, 273, 70_000, 112],
    [0, 274, 70_000, 0],
    [1, 0, 70_000, 256],
    [1, 1, 70_000, 17],
    [2, 0, 70_000, 1],
    [3, 0, 70_000, 0],
    [6, 0, 2 ** 53 - 1, 31],
    [63, 0, 2 ** 53 - 1, 0],
  ])('tile %i/%i of %i entries: %i', (level, index, size, width) => {
    expect(tileWidth(level, index, size)).toBe(width);
  });
});

test.each([0, 8_191, 8_193, 16_384])('no hash stands for a tile of %i bytes', (bytes) => {
  expect(() => tileRoot(Buffer.alloc(bytes))).toThrow(LogFormatError);
});
