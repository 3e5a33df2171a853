import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { StackNode } from '../../../apps/local/src/stack/stack.js';
import { DrillError } from '../../drill-error.js';
import type { World } from '../world.js';
import type { Kind } from './kind.js';

const run = promisify(execFile);
const POLL_MS = 50;
/** In which a server gives up that cannot write. */
const WITHIN_MS = 15_000;

/**
 * A server's disk is full: no file of it can grow any more (RLIMIT_FSIZE), as soon as it writes. Both end themselves
 * rather than go on; an operator makes room and starts them again.
 */
export const diskKinds: readonly Kind[] = [
  full('the disk of a member of MongoDB is full', (world) => world.primary()),
  full('the disk of a node of Kafka is full', async ({ stack }, random) => Promise.resolve(random.pick(stack.brokers))),
];

function full(
  title: string,
  choose: (world: World, random: Parameters<Kind['strike']>[1]) => Promise<StackNode>,
): Kind {
  return {
    title,
    family: 'disk',
    async strike(world, random) {
      const { server, port } = await choose(world, random);
      if (server.pid === null) throw new DrillError(`${server.name} on ${port} does not run.`);
      await run('prlimit', ['--pid', String(server.pid), '--fsize=1']);
      const deadline = performance.now() + WITHIN_MS;
      while (server.pid !== null && performance.now() < deadline) await sleep(POLL_MS);
      const gaveUp = server.pid === null;
      await server.kill();
      await world.hold(random.int(0, 2_000)).finally(() => server.start());
      return `${server.name} on ${port} ${gaveUp ? 'ended itself' : 'stood still'}`;
    },
  };
}
