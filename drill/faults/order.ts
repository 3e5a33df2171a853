import type { Random } from '../../apps/local/src/traffic/random.js';
import { FAMILIES, type Kind } from './kinds/kind.js';

/**
 * The faults of a run, in its order: families take turns, and in each the kinds do, in an order of the seed's; each kind
 * comes again only when all of its family were.
 *
 * @param kinds not empty
 */
export function* inTurn(kinds: readonly Kind[], random: Random): Generator<Kind, never> {
  const families = FAMILIES.map((family) => kinds.filter((kind) => kind.family === family)).filter(
    (family) => family.length > 0,
  );
  const decks = families.map((): Kind[] => []);
  for (;;) {
    for (const turn of shuffled([...families.keys()], random)) {
      const deck = decks[turn] as Kind[];
      if (deck.length === 0) deck.push(...shuffled(families[turn] as readonly Kind[], random));
      yield deck.pop() as Kind;
    }
  }
}

/** In random order (Fisher and Yates). */
function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const list = [...items];
  for (let i = list.length - 1; i > 0; i--) {
    const j = random.int(0, i);
    [list[i], list[j]] = [list[j] as Item, list[i] as Item];
  }
  return list;
}
