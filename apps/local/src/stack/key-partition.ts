import kafkajs from 'kafkajs';

/** Where kafkajs puts a key (murmur2, as Java's client), known beforehand so that offsets are too. */
export function keyPartitioner(partitions: number): (topic: string, key: string | Buffer) => number {
  const partitionOf = kafkajs.Partitioners.DefaultPartitioner();
  const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
    partitionId,
    partitionErrorCode: 0,
    leader: 0,
    replicas: [0],
    isr: [0],
  }));
  return (topic, key) => partitionOf({ topic, partitionMetadata, message: { key, value: null } });
}
