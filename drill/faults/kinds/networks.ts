import type { Random } from '../../../apps/local/src/traffic/random.js';
import type { Link, Part } from '../part/part.js';
import type { Cut } from '../proxy.js';
import { SESSION_TIMEOUT_MS, type World } from '../world.js';
import type { Kind } from './kind.js';
import { seconds } from './processes.js';

interface Way {
  readonly title: string;
  readonly choose: (world: World, random: Random) => { readonly part: Part; readonly link: Link };
}

const WAYS: readonly Way[] = [
  {
    title: 'an auditor and Kafka',
    choose({ auditors }, random) {
      const part = random.pick(auditors);
      return { part, link: part.links.kafka as Link };
    },
  },
  { title: 'an auditor and MongoDB', choose: ({ auditors }, random) => toMongodb(random.pick(auditors)) },
  { title: 'a notary and MongoDB', choose: ({ notaries }, random) => toMongodb(random.pick(notaries)) },
  { title: 'the api and MongoDB', choose: ({ api }) => toMongodb(api) },
];

const FAILURES: readonly { readonly title: string; readonly cut: (random: Random) => Cut }[] = [
  { title: 'connections are refused', cut: () => 'drop' },
  { title: 'nothing passes (black hole)', cut: () => 'black hole' },
  { title: 'answers are lost', cut: () => 'answers lost' },
  { title: 'connections are half-closed', cut: () => 'half-closed' },
  { title: 'everything takes long', cut: (random) => ({ delayMs: random.int(100, 1_500) }) },
];

/** The network between one part and its servers. */
export const networkKinds: readonly Kind[] = FAILURES.flatMap(({ title, cut }) =>
  WAYS.map(({ title: way, choose }): Kind => ({
    title: `between ${way} ${title}`,
    family: 'network',
    async strike(world, random) {
      const { part, link } = choose(world, random);
      const ms = random.int(2_000, SESSION_TIMEOUT_MS + 4_000);
      link.cut(cut(random));
      await world.hold(ms).finally(() => link.cut(null));
      return `${part.name}, ${seconds(ms)}`;
    },
  })),
);

function toMongodb(part: Part): { part: Part; link: Link } {
  return { part, link: part.links.mongodb };
}
