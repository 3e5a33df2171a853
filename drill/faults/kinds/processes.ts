import type { Random } from '../../../apps/local/src/traffic/random.js';
import type { Part } from '../part/part.js';
import { SESSION_TIMEOUT_MS, type World } from '../world.js';
import type { Kind } from './kind.js';

type Choose = (world: World, random: Random) => Part;

/** Within it an auditor that stands still loses its tasks, and others have written to them. */
const LATE_WRITE_MS = SESSION_TIMEOUT_MS + 9_000;
const ARRIVAL_MS = 1_000;
const AN_AUDITOR: Choose = ({ auditors }, random) => random.pick(auditors);
const A_NOTARY: Choose = ({ notaries }, random) => random.pick(notaries);
const THE_API: Choose = ({ api }) => api;

/** Programs that die, stand still or are stopped in order; a supervisor starts what has ended. */
export const processKinds: readonly Kind[] = [
  killed('an auditor is killed (SIGKILL)', AN_AUDITOR),
  killed('a notary is killed (SIGKILL)', A_NOTARY),
  killed('the api is killed (SIGKILL)', THE_API),
  {
    title: 'all auditors and notaries are killed at once (SIGKILL)',
    family: 'process',
    async strike(world) {
      const parts = [...world.auditors, ...world.notaries];
      await Promise.all(parts.map((part) => part.kill()));
      for (const part of parts) world.startAgain(part);
      return `${parts.length} processes`;
    },
  },
  {
    title: 'an auditor is killed again as soon as it works (SIGKILL, three times)',
    family: 'process',
    async strike(world, random) {
      const part = AN_AUDITOR(world, random);
      for (let time = 0; time < 3; time++) {
        await part.kill();
        await part.start();
        await world.hold(random.int(200, 2_000));
      }
      return part.name;
    },
  },
  stopped('an auditor is stopped in order and started again (SIGTERM)', AN_AUDITOR),
  stopped('a notary is stopped in order and started again (SIGTERM)', A_NOTARY),
  paused('an auditor stands still beyond the session time-out and wakes up (SIGSTOP, SIGCONT)', AN_AUDITOR, [
    SESSION_TIMEOUT_MS + 1_500,
    SESSION_TIMEOUT_MS + 4_000,
  ]),
  paused('an auditor stands still for a moment (SIGSTOP, SIGCONT)', AN_AUDITOR, [500, 3_000]),
  paused('a notary stands still and wakes up (SIGSTOP, SIGCONT)', A_NOTARY, [1_000, 8_000]),
  {
    title: 'an auditor in the middle of writing stands still, and what it wrote arrives when others have its tasks',
    family: 'pause',
    async strike(world, random) {
      const part = AN_AUDITOR(world, random);
      const { mongodb } = part.links;
      // What it writes now waits in the network, and passes while it stands still.
      mongodb.cut('black hole');
      try {
        await world.hold(random.int(500, 1_000));
        part.pause();
        await world.hold(LATE_WRITE_MS);
        mongodb.cut(null);
        await world.hold(ARRIVAL_MS);
      } finally {
        mongodb.cut(null);
        part.resume();
      }
      return `${part.name}, ${seconds(LATE_WRITE_MS)}`;
    },
  },
  {
    title: 'all auditors stand still beyond the session time-out and wake up together',
    family: 'pause',
    async strike(world) {
      for (const part of world.auditors) part.pause();
      await world.hold(SESSION_TIMEOUT_MS + 2_000).finally(() => world.auditors.forEach((part) => part.resume()));
      return `${world.auditors.length} processes`;
    },
  },
];

function killed(title: string, choose: Choose): Kind {
  return {
    title,
    family: 'process',
    async strike(world, random) {
      const part = choose(world, random);
      await part.kill();
      world.startAgain(part);
      return part.name;
    },
  };
}

function stopped(title: string, choose: Choose): Kind {
  return {
    title,
    family: 'process',
    async strike(world, random) {
      const part = choose(world, random);
      await part.stop();
      world.startAgain(part);
      return part.name;
    },
  };
}

function paused(title: string, choose: Choose, [least, most]: readonly [number, number]): Kind {
  return {
    title,
    family: 'pause',
    async strike(world, random) {
      const part = choose(world, random);
      const ms = random.int(least, most);
      part.pause();
      await world.hold(ms).finally(() => part.resume());
      return `${part.name}, ${seconds(ms)}`;
    },
  };
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
