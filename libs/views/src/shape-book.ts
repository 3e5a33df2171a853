import { problemId } from './problem.js';
import { shapeKey, type Shape } from './shape.js';

/** Shapes of a controller that are told apart; publishers choose the names in them, so there is an end to it. */
const MOST_SHAPES = 50_000;
/** Stands for all names beyond that. */
const OTHERS = '…';

/** A shape and its number. */
export interface NumberedShape {
  readonly id: number;
  readonly shape: Shape;
}

/**
 * Numbers shapes in the order in which the log brings them, from 0, so that the same log gives the same numbers. Beyond
 * a number of shapes a controller's further services and purposes are counted together, whatever there is of others. Those
 * without a register, whose names anybody may make up, share one such number, and their names end there.
 */
export class ShapeBook {
  private readonly shapes: Shape[];
  private readonly ids = new Map<string, number>();
  /** By controller; null: of all that have no register. */
  private readonly counts = new Map<string | null, number>();
  private saved: number;

  /** @param known by their numbers, from 0 */
  constructor(
    known: readonly Shape[] = [],
    private readonly most = MOST_SHAPES,
  ) {
    this.shapes = [];
    for (const shape of known) this.add(shape);
    this.saved = known.length;
  }

  idOf(shape: Shape): number {
    const known = this.ids.get(shapeKey(shape));
    if (known !== undefined) return known;
    const owner = ownerOf(shape);
    const count = this.counts.get(owner) ?? 0;
    if (count < this.most) return this.add(shape);
    const nameless = renamed(shape, { service: shape.service && OTHERS, purpose: shape.purpose && OTHERS });
    // Besides names, a register and the rules say what there can be.
    if (owner !== null || count < 2 * this.most) return this.ids.get(shapeKey(nameless)) ?? this.add(nameless);
    const last = renamed(nameless, { controller: null });
    return this.ids.get(shapeKey(last)) ?? this.add(last);
  }

  shape(id: number): Shape {
    const shape = this.shapes[id];
    if (shape === undefined) throw new RangeError(`There is no shape ${id}.`);
    return shape;
  }

  /** Those that came since the last `keep`. */
  fresh(): NumberedShape[] {
    return this.shapes.slice(this.saved).map((shape, i) => ({ id: this.saved + i, shape }));
  }

  /** The fresh ones are stored. */
  keep(): void {
    this.saved = this.shapes.length;
  }

  private add(shape: Shape): number {
    const id = this.shapes.push(shape) - 1;
    this.ids.set(shapeKey(shape), id);
    const owner = ownerOf(shape);
    this.counts.set(owner, (this.counts.get(owner) ?? 0) + 1);
    return id;
  }
}

/** What is judged without a register. */
const WITHOUT_REGISTER = ['controller-unknown', 'event-unreadable'];

/** The controller whose register it was judged by; null: there was none. */
function ownerOf({ controller, reasons }: Shape): string | null {
  return reasons.some(({ rule }) => WITHOUT_REGISTER.includes(rule)) ? null : controller;
}

function renamed(shape: Shape, names: Partial<Pick<Shape, 'controller' | 'service' | 'purpose'>>): Shape {
  const { controller, service, kind, ...rest } = { ...shape, ...names };
  const reasons = shape.reasons.map((reason) => ({
    ...reason,
    problem: problemId({ ...reason, controller, service, kind }),
  }));
  return { ...rest, controller, service, kind, reasons };
}
