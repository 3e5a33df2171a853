import { STREAMS } from '#libs/events';
import type { Random } from '../../../apps/local/src/traffic/random.js';
import type { StackNode } from '../../../apps/local/src/stack/stack.js';
import { DrillError } from '../../drill-error.js';
import type { World } from '../world.js';
import type { Kind } from './kind.js';
import { seconds } from './processes.js';

type Choose = (world: World, random: Random) => Promise<readonly StackNode[]>;

const A_BROKER: Choose = ({ stack }, random) => Promise.resolve([random.pick(stack.brokers)]);
const ALL_BROKERS: Choose = ({ stack }) => Promise.resolve(stack.brokers);
const A_MEMBER: Choose = ({ stack }, random) => Promise.resolve([random.pick(stack.members)]);
const ALL_MEMBERS: Choose = ({ stack }) => Promise.resolve(stack.members);
const THE_PRIMARY: Choose = async (world) => [await world.primary()];
const A_LEADER: Choose = async ({ stack }, random) => {
  const node = await stack.leader(random.pick(STREAMS), 0);
  if (node === null) throw new DrillError('A partition has no leader, so that none can be struck.');
  return [node];
};

/** Servers that die, stand still, or are stopped in order. */
export const serverKinds: readonly Kind[] = [
  killed('a node of Kafka is killed and restarted (SIGKILL)', A_BROKER),
  killed('a member of MongoDB is killed and restarted (SIGKILL)', A_MEMBER),
  stopped('a node of Kafka is stopped in order and started again', A_BROKER),
  stopped('a member of MongoDB is stopped in order and started again', A_MEMBER),
  paused('a node of Kafka stands still (SIGSTOP, SIGCONT)', A_BROKER, [2_000, 12_000]),
  paused('a member of MongoDB stands still (SIGSTOP, SIGCONT)', A_MEMBER, [2_000, 12_000]),
  { ...killed('the leader of a partition is killed and restarted (SIGKILL)', A_LEADER), brokers: 3 },
  { ...paused('the leader of a partition stands still (SIGSTOP, SIGCONT)', A_LEADER, [5_000, 15_000]), brokers: 3 },
  { ...killed('all nodes of Kafka are killed and restarted (SIGKILL)', ALL_BROKERS), brokers: 3 },
  { ...killed('the MongoDB primary is killed and restarted (SIGKILL)', THE_PRIMARY), members: 3 },
  { ...paused('the MongoDB primary stands still (SIGSTOP, SIGCONT)', THE_PRIMARY, [5_000, 20_000]), members: 3 },
  { ...killed('all members of MongoDB are killed and restarted (SIGKILL)', ALL_MEMBERS), members: 3 },
  {
    title: 'the MongoDB primary steps down',
    family: 'server',
    members: 3,
    async strike(world) {
      const primary = await world.primary();
      // The connection may be closed on the way.
      await world.onMember(primary, { replSetStepDown: 10, force: true }).catch(() => undefined);
      return primary.server.name;
    },
  },
];

function killed(title: string, choose: Choose): Kind {
  return {
    title,
    family: 'server',
    async strike(world, random) {
      const nodes = await choose(world, random);
      await Promise.all(nodes.map(({ server }) => server.kill()));
      await world.hold(random.int(0, 4_000));
      await Promise.all(nodes.map(({ server }) => server.start()));
      return told(nodes);
    },
  };
}

function stopped(title: string, choose: Choose): Kind {
  return {
    title,
    family: 'server',
    async strike(world, random) {
      const nodes = await choose(world, random);
      await Promise.all(nodes.map(({ server }) => server.restart()));
      return told(nodes);
    },
  };
}

function paused(title: string, choose: Choose, [least, most]: readonly [number, number]): Kind {
  return {
    title,
    family: 'server',
    async strike(world, random) {
      const nodes = await choose(world, random);
      const ms = random.int(least, most);
      const signal = (name: NodeJS.Signals) => {
        for (const { server } of nodes) if (server.pid !== null) process.kill(server.pid, name);
      };
      signal('SIGSTOP');
      await world.hold(ms).finally(() => signal('SIGCONT'));
      return `${told(nodes)}, ${seconds(ms)}`;
    },
  };
}

function told(nodes: readonly StackNode[]): string {
  return nodes.map(({ server, port }) => `${server.name} on ${port}`).join(', ');
}
