/**
 * The limit: kafkajs reads the topics and every record is decoded, nothing else. kafkajs' own defaults, which suit it
 * best, but for the commits.
 */
import kafkajs from 'kafkajs';
import { decodeRecord, STREAMS, WriterSchemas } from '#libs/events';
import { endWhenTold, given, tell } from './consumer-log.js';
import { ASSIGNED } from './consumer-process.js';

endWhenTold();
const toRead = Number(given('BENCH_EVENTS'));
const counts = Object.fromEntries(STREAMS.map((stream) => [stream, 0]));
const writers = new WriterSchemas();
let read = 0;
let unreadable = 0;

const kafka = new kafkajs.Kafka({
  clientId: 'bench-limit',
  brokers: given('KAFKA_BROKERS').split(','),
  logLevel: kafkajs.logLevel.NOTHING,
});
const consumer = kafka.consumer({ groupId: given('BENCH_GROUP') });
consumer.on(consumer.events.GROUP_JOIN, () => tell(ASSIGNED));
consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
  if (restart) return;
  tell(error.message);
  process.exit(1);
});
await consumer.connect();
await consumer.subscribe({ topics: [...STREAMS], fromBeginning: true });
await consumer.run({
  autoCommit: false,
  eachBatch: async ({ batch }) => {
    for (const { value } of batch.messages) {
      const decoded = decodeRecord(value, writers);
      if (decoded.ok) counts[decoded.event.stream]!++;
      else unreadable++;
    }
    read += batch.messages.length;
    if (read >= toRead) tell('done', { count: read, unreadable, counts });
  },
});
