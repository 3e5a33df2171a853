import fc from 'fast-check';
import { encodeEntry } from '#libs/events';
import { defaultRegistersDir, loadRegisterSet } from '#libs/register';
import { MongoConnection, MongoLogReader, MongoRegisterArchive } from '#libs/trail';
import { prepareViews, Projector } from '#libs/views';
import { histories } from '../../../../test/support/finding-histories.js';
import type { MadeBlock } from '../../../../test/support/finding-histories.js';
import { TestLog } from '../../../../test/support/log.js';
import { secondVersion } from '../../../../test/support/second-version.js';
import { testServers } from '../../../../test/support/servers.js';
import { TestIssuer } from '../access/issuer.fixture.js';
import { runApi } from '../access/running-api.fixture.js';
import type { RunningApi } from '../access/running-api.fixture.js';

const AUDIENCE = 'urn:test:api';

/** The api in this process, on a real MongoDB that holds a made-up log with its read models. */
export class ApiWithData {
  private constructor(
    readonly url: string,
    readonly connection: MongoConnection,
    readonly log: TestLog,
    private readonly api: RunningApi,
    private readonly issuer: TestIssuer,
    private readonly projector: Projector,
  ) {}

  static async start(): Promise<ApiWithData> {
    const { mongoUri, database } = testServers();
    const uri = new URL(mongoUri);
    uri.pathname = `/${database}`;
    const connection = new MongoConnection(uri.href, 'api-test', { info: () => undefined, warn: () => undefined });
    await prepareViews(connection);
    const log = new TestLog(connection);
    await log.prepare();
    const { sources } = await loadRegisterSet(defaultRegistersDir());
    await new MongoRegisterArchive(connection).keep([...sources, secondVersion(sources)]);
    const issuer = new TestIssuer();
    await issuer.start();
    const api = await runApi({
      MONGODB_URI: uri.href,
      OIDC_ISSUER: issuer.url,
      OIDC_AUDIENCE: AUDIENCE,
      OIDC_CLIENT_ID: 'page',
      HJEMMEL_SESSION_KEY: Buffer.alloc(32, 7).toString('base64'),
      HJEMMEL_PUBLIC_URL: 'http://127.0.0.1:8080',
    });
    while (!(await fetch(`${api.url}/health/ready`)).ok) await new Promise(setImmediate);
    const projector = new Projector(connection, new MongoLogReader(connection, { cacheBytes: 0 }));
    return new ApiWithData(api.url, connection, log, api, issuer, projector);
  }

  /** Makes up a history of some hundred entries; the same one for the same seed. */
  static made(seed: number): MadeBlock[] {
    const sizeOf = (blocks: readonly MadeBlock[]) => blocks.reduce((sum, { entries }) => sum + entries.length, 0);
    return fc.sample(histories, { seed, numRuns: 100 }).reduce((a, b) => (sizeOf(a) > sizeOf(b) ? a : b));
  }

  /** Adds blocks to the log, and waits until the api answers out of them. */
  async append(blocks: readonly MadeBlock[]): Promise<void> {
    await this.log.append(
      ...blocks.map(({ task, recordedAt, entries }) => ({
        task,
        count: entries.length,
        recordedAt,
        entries: entries.map(({ entry }) => encodeEntry(entry)),
      })),
    );
    while (!(await this.projector.step(this.log.size)));
    const headers = await this.headers('*');
    for (let through = -1; through !== this.log.size;) {
      const response = await fetch(`${this.url}/api/v1/log`, { headers });
      ({ through } = (await response.json()) as { through: number });
    }
  }

  /** Header fields of a program that may see some controllers, or all. */
  async headers(controllers: readonly string[] | '*', role = 'admin'): Promise<Record<string, string>> {
    const claims = { hjemmel_roles: [role], hjemmel_controllers: controllers === '*' ? ['*'] : controllers };
    return { authorization: `Bearer ${await this.issuer.sign(AUDIENCE, claims)}` };
  }

  async stop(): Promise<void> {
    await this.api.close();
    await this.issuer.stop();
    await this.connection.db.dropDatabase();
    await this.connection.close();
  }
}
