import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';

/**
 * Ports are taken from below the range that Linux hands to outgoing connections (32768 and up). A client that keeps
 * trying a stopped server's port inside that range may be given the very port as its own and so connect to itself.
 */
const FIRST = 20_000;
const LAST = 32_000;
const ATTEMPTS = 200;

/**
 * The named ports remembered in `file` where they are still free, else new free ones, remembered there beside those of
 * other names.
 */
export async function rememberedPorts<Name extends string>(
  file: string,
  names: readonly Name[],
): Promise<Record<Name, number>> {
  const remembered = read(file);
  const ports: Record<string, number> = {};
  for (const name of names) {
    const before = remembered[name];
    const keep = before !== undefined && (await isFree(before));
    ports[name] = keep ? before : await freePort(Object.values({ ...remembered, ...ports }));
  }
  writeFileSync(file, JSON.stringify({ ...remembered, ...ports }));
  return ports;
}

async function freePort(taken: readonly (number | undefined)[]): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (!taken.includes(port) && (await isFree(port))) return port;
  }
  throw new Error(`No free port found between ${FIRST} and ${LAST}`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ port, host: '127.0.0.1', exclusive: true });
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return true;
  } catch {
    return false;
  }
}

function read(file: string): Record<string, number | undefined> {
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>;
  } catch {
    return {}; // cut short by a crash
  }
}
