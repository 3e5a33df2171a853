import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { REGISTRY } from './schemas.js';

/** A stand-in of a schema registry, on the loopback interface. */
export interface RegistryServer {
  readonly url: string;
  /** How often it was asked. */
  questions(): number;
  close(): void;
}

export async function startRegistry(): Promise<RegistryServer> {
  let questions = 0;
  const server = createServer((request, response) => {
    questions++;
    const id = /^\/schemas\/ids\/(\d+)$/.exec(request.url ?? '')?.[1];
    const types = { status: 200, body: '["AVRO"]' };
    const answer = request.url === '/schemas/types' ? types : REGISTRY.get(Number(id));
    response.writeHead(answer?.status ?? 404, { 'content-type': 'application/vnd.schemaregistry.v1+json' });
    response.end(answer?.body ?? '{"error_code":40403,"message":"Schema not found"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    questions: () => questions,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
