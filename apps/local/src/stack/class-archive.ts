import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { kafkaJars, type DownloadOptions } from './downloads.js';
import { classArchive, clusterId, prepareKafka } from './kafka.js';
import { localFolder } from './paths.js';
import { rememberedPorts } from './ports.js';
import { step } from './progress.js';

/**
 * Keeps Kafka's classes as Java has them in memory (class-data sharing, JEP 350): every Kafka from then on starts in half
 * the time. For who starts many; making it costs as much as some starts. No effect where it is kept already.
 */
export async function archiveKafkaClasses({ onProgress, signal }: DownloadOptions): Promise<void> {
  const jars = await kafkaJars({ onProgress, signal });
  if (existsSync(classArchive(jars))) return;
  await step(onProgress, 'Keeping Kafka’s classes for faster starts', async () => {
    await mkdir(localFolder, { recursive: true });
    const folder = await mkdtemp(join(localFolder, 'classes-'));
    try {
      const ports = await rememberedPorts(join(folder, 'ports.json'), ['broker', 'controller']);
      const made = join(folder, 'classes.jsa');
      const kafka = await prepareKafka({
        jars,
        folder: join(folder, 'kafka'),
        port: ports.broker,
        controllerPort: ports.controller,
        clusterId: clusterId([]),
        archiveTo: made,
        signal,
      });
      await kafka.start();
      // Java writes it at the end.
      await kafka.stop();
      if (existsSync(made)) await rename(made, classArchive(jars));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}
