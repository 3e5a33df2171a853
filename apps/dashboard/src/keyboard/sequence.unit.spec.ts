import { describe, expect, test } from '@jest/globals';
import { matching, PATIENCE, pressed, type Press } from './sequence.js';

const typed = (keys: string, pause = 100): Press[] => {
  let presses: Press[] = [];
  keys.split(' ').forEach((key, index) => (presses = pressed(presses, { key, at: index * pause })));
  return presses;
};

describe('a shortcut', () => {
  const shortcuts = ['o', 'g o', 'g p', '?'];

  test('of one key is found', () => {
    expect(matching(shortcuts, typed('?'))).toBe('?');
    expect(matching(shortcuts, typed('x ?'))).toBe('?');
  });

  test('of two keys goes before one of its last key', () => {
    expect(matching(shortcuts, typed('g o'))).toBe('g o');
    expect(matching(shortcuts, typed('x o'))).toBe('o');
  });

  test('that takes too long is none', () => {
    expect(matching(shortcuts, typed('g p', PATIENCE + 1))).toBeUndefined();
  });

  test('is found however much was typed before', () => {
    expect(matching(shortcuts, typed('g g p'))).toBe('g p');
    expect(matching(shortcuts, typed('g'))).toBeUndefined();
  });
});
