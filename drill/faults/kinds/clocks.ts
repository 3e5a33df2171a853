import type { Random } from '../../../apps/local/src/traffic/random.js';
import type { Part } from '../part/part.js';
import type { World } from '../world.js';
import type { Kind } from './kind.js';

const HOUR_MS = 3_600_000;
const PARTS: readonly { readonly title: string; readonly choose: (world: World, random: Random) => Part }[] = [
  { title: 'an auditor', choose: ({ auditors }, random) => random.pick(auditors) },
  { title: 'a notary', choose: ({ notaries }, random) => random.pick(notaries) },
  { title: 'the api', choose: ({ api }) => api },
];

/** The clock of one part jumps, and some seconds later jumps back. */
export const clockKinds: readonly Kind[] = PARTS.flatMap(({ title, choose }) =>
  ([1, -1] as const).map((sign): Kind => ({
    title: `the clock of ${title} jumps ${sign > 0 ? 'forward' : 'back'} by hours`,
    family: 'clock',
    async strike(world, random) {
      const part = choose(world, random);
      const hours = random.int(1, 12) * sign;
      part.setClock(hours * HOUR_MS);
      await world.hold(random.int(2_000, 6_000)).finally(() => part.setClock(0));
      return `${part.name}, ${hours} hours`;
    },
  })),
);
