import type { Dimension, StatisticsRow } from '#libs/views';
import { dayText } from '../day.js';

/** Pieces of text put together at a time. */
const AT_ONCE = 4_096;

/**
 * Rows of statistics as a JSON array of objects, in their order. There may be tens of thousands, in which the same days and
 * names recur: each of those is written once, and no row is kept, of which the garbage collector would copy each.
 *
 * @param by what stands in their keys
 */
export function writeRows(rows: Iterable<StatisticsRow>, by: readonly Dimension[]): string {
  const fields = by.map((dimension, i) => new Field(`${i === 0 ? '' : ','}${JSON.stringify(dimension)}:`));
  const countField = `${by.length === 0 ? '' : ','}"count":`;
  const parts: string[] = [];
  let pieces: string[] = [];
  let before = '[{';
  for (const { key, count } of rows) {
    pieces.push(before);
    before = '},{';
    for (let i = 0; i < fields.length; i++) pieces.push((fields[i] as Field).text(key[i] as Part));
    pieces.push(countField, String(count));
    if (pieces.length < AT_ONCE) continue;
    parts.push(pieces.join(''));
    pieces = [];
  }
  if (before === '[{') return '[]';
  return `${parts.join('')}${pieces.join('')}}]`;
}

type Part = StatisticsRow['key'][number];

/** One field of all rows. */
class Field {
  private readonly texts = new Map<Part, string>();

  constructor(private readonly name: string) {}

  text(part: Part): string {
    const known = this.texts.get(part);
    if (known !== undefined) return known;
    // Numbers in keys are days.
    const text = `${this.name}${JSON.stringify(typeof part === 'number' ? dayText(part) : part)}`;
    this.texts.set(part, text);
    return text;
  }
}
