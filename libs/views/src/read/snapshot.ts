import type { CountRow, ShapeTimes } from '../projection.js';
import type { Shape } from '../shape.js';
import { CountTable } from './count-table.js';

/** A shape with when its findings came; without them: none was listed. */
export interface KnownShape {
  readonly shape: Shape;
  readonly times: Omit<ShapeTimes, 'shape'> | null;
}

/** Shapes and counts of one set, as far as they were read. */
export class Snapshot {
  readonly shapes: KnownShape[] = [];
  readonly counts = new CountTable();
  /** Log index that it stands at. */
  through = 0;

  setShape(id: number, shape: KnownShape): void {
    this.shapes[id] = shape;
  }

  setCount(row: CountRow): void {
    this.counts.set(row);
  }

  /** For each shape 1 where it is wanted. */
  mask(wanted: (shape: Shape) => boolean): Uint8Array {
    return Uint8Array.from(this.shapes, ({ shape }) => (wanted(shape) ? 1 : 0));
  }

  /** For each shape 1 where it is one of these. */
  maskOf(shapes: readonly number[]): Uint8Array {
    const mask = new Uint8Array(this.shapes.length);
    for (const id of shapes) mask[id] = 1;
    return mask;
  }

  shape(id: number): Shape {
    return (this.shapes[id] as KnownShape).shape;
  }
}
