import type { Kind } from './kind.js';

/** The tasks change hands in the middle of work. */
export const rebalanceKinds: readonly Kind[] = [
  {
    title: 'another auditor joins, and leaves in order',
    family: 'rebalance',
    async strike(world, random) {
      await world.reserve.start();
      await world.hold(random.int(1_000, 5_000)).finally(() => world.reserve.stop());
      return world.reserve.name;
    },
  },
  {
    title: 'another auditor joins, and is killed',
    family: 'rebalance',
    async strike(world, random) {
      await world.reserve.start();
      await world.hold(random.int(1_000, 5_000)).finally(() => world.reserve.kill());
      return world.reserve.name;
    },
  },
  {
    title: 'an auditor leaves in order while another joins',
    family: 'rebalance',
    async strike(world, random) {
      const leaving = random.pick(world.auditors);
      await Promise.all([leaving.stop(), world.reserve.start()]);
      await world.hold(random.int(1_000, 3_000));
      await Promise.all([leaving.start(), world.reserve.stop()]);
      return `${leaving.name}, ${world.reserve.name}`;
    },
  },
];
