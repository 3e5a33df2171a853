import { expect, test } from '@jest/globals';
import { problemId } from './problem.js';
import type { Shape } from './shape.js';
import { ShapeBook } from './shape-book.js';

const MOST = 3;

function shape(controller: string, service: string, rule = 'purpose-undeclared'): Shape {
  const problem = problemId({ controller, rule, clause: null, service, kind: 'orders' });
  const reasons = [{ rule, effect: 'violation', clause: null, problem }] as const;
  return {
    ...{ controller, kind: 'orders', service, purpose: 'sales', legalBasis: null, verdict: 'violation' },
    ...{ withdrawn: false, reasons },
  };
}

test('names of a controller beyond the limit are counted together, and stay that controller’s', () => {
  const book = new ShapeBook([], MOST);
  const ids = ['a', 'b', 'c', 'd', 'e'].map((service) => book.idOf(shape('janus', service)));
  expect(ids).toEqual([0, 1, 2, 3, 3]);
  const { controller, service, purpose, reasons } = book.shape(3);
  expect([controller, service, purpose]).toEqual(['janus', '…', '…']);
  expect(reasons[0]?.problem).toBe(shape('janus', '…').reasons[0]?.problem);
});

test('INVARIANT: what others publish takes nothing from a controller’s names', () => {
  const book = new ShapeBook([], MOST);
  for (let i = 0; i < 20; i++) book.idOf(shape('noisy', `pod-${i}`));
  for (let i = 0; i < 20; i++) book.idOf(shape(`invented-${i}`, 'a', 'controller-unknown'));
  expect(book.shape(book.idOf(shape('janus', 'webshop')))).toEqual(shape('janus', 'webshop'));
});

test('of controllers without a register names end altogether', () => {
  const book = new ShapeBook([], MOST);
  const ids = Array.from({ length: 10 }, (_, i) => book.idOf(shape(`invented-${i}`, 'a', 'controller-unknown')));
  expect(new Set(ids).size).toBe(2 * MOST + 1);
  expect(book.shape(ids[9] as number).controller).toBeNull();
});

test('a book that is read again goes on as it was', () => {
  const first = new ShapeBook([], MOST);
  const shapes = ['a', 'b', 'c', 'd'].map((service) => shape('janus', service));
  const ids = shapes.map((each) => first.idOf(each));
  const again = new ShapeBook(
    first.fresh().map((each) => each.shape),
    MOST,
  );
  expect(again.fresh()).toEqual([]);
  expect([...shapes, shape('janus', 'e')].map((each) => again.idOf(each))).toEqual([...ids, 3]);
});
