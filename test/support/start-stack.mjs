/** Starts a stack in the folder given as argument, says so on stdout, and stays; for tests that kill it. */
import './typescript.mjs';

const { startStack } = await import('../../apps/local/src/stack/stack.ts');
const stack = await startStack({ dir: process.argv[2] });
console.log(JSON.stringify({ pids: [stack.kafka.pid, stack.mongodb.pid], brokers: stack.kafkaBrokers }));
setInterval(() => {}, 60_000);
