import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** How a network fails. */
export type Cut =
  /** Connections are reset, new ones too. */
  | 'drop'
  /** Nothing passes in either direction and nobody is told; when it is over, what was held passes. */
  | 'black hole'
  /** What is asked arrives, no answer comes back: what was asked for is done, and who asked does not know. */
  | 'answers lost'
  /** The client's side sees the end of every connection, the server's side does not. */
  | 'half-closed'
  /** Everything takes so many ms longer, each way. */
  | { readonly delayMs: number };

/**
 * A TCP proxy on 127.0.0.1 that stands for the network between one program and one server, and can fail as networks do.
 */
export class TcpProxy {
  private cutBy: Cut | null = null;
  private readonly connections = new Set<Connection>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  /** @param target the port behind it, on 127.0.0.1 */
  static async listen(target: number): Promise<TcpProxy> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new TcpProxy(server, (server.address() as AddressInfo).port);
    server.on('connection', (near) => proxy.accept(near, target));
    return proxy;
  }

  /** Makes the network fail, or heals it (null). */
  cut(by: Cut | null): void {
    this.cutBy = by;
    for (const connection of this.connections) connection.cut(by);
  }

  async close(): Promise<void> {
    this.cut('drop');
    this.server.close();
    await once(this.server, 'close');
  }

  private accept(near: Socket, target: number): void {
    if (this.cutBy === 'drop') {
      near.resetAndDestroy();
      return;
    }
    const far = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    const connection = new Connection(near, far);
    this.connections.add(connection);
    far.once('close', () => this.connections.delete(connection));
    connection.cut(this.cutBy);
  }
}

/** One connection, from the program (near) to the server (far). */
class Connection {
  private readonly asked: Pump;
  private readonly answered: Pump;
  /** It lost something, and cannot go on when the network is whole again. */
  private spoilt = false;

  constructor(
    private readonly near: Socket,
    private readonly far: Socket,
  ) {
    this.asked = new Pump(near, far);
    this.answered = new Pump(far, near);
    for (const socket of [near, far]) {
      socket.on('error', () => this.reset());
      socket.once('close', () => this.reset());
    }
  }

  cut(by: Cut | null): void {
    if (by === 'drop' || (this.spoilt && by === null)) return this.reset();
    const delayMs = typeof by === 'object' && by !== null ? by.delayMs : 0;
    this.asked.setting = { delayMs, held: by === 'black hole', lossy: false };
    this.answered.setting = {
      delayMs,
      held: by === 'black hole',
      lossy: by === 'answers lost' || by === 'half-closed',
    };
    if (by === 'half-closed') this.near.end();
    this.spoilt ||= by === 'answers lost' || by === 'half-closed';
  }

  private reset(): void {
    this.asked.stop();
    this.answered.stop();
    this.near.resetAndDestroy();
    this.far.resetAndDestroy();
  }
}

interface PumpSetting {
  readonly delayMs: number;
  readonly held: boolean;
  readonly lossy: boolean;
}

/** One direction of a connection. What waits passes in order; null is the end. */
class Pump {
  private current: PumpSetting = { delayMs: 0, held: false, lossy: false };
  private readonly waiting: { readonly due: number; readonly chunk: Buffer | null }[] = [];
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
  ) {
    from.on('data', (chunk: Buffer) => this.take(chunk));
    from.once('end', () => this.take(null));
    to.on('drain', () => this.flow());
  }

  set setting(setting: PumpSetting) {
    this.current = setting;
    this.flow();
    this.pass();
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.waiting.length = 0;
  }

  private take(chunk: Buffer | null): void {
    if (this.current.lossy) return;
    this.waiting.push({ due: performance.now() + this.current.delayMs, chunk });
    this.pass();
  }

  /** Passes on what is due. */
  private pass(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    for (let next = this.waiting[0]; next !== undefined && !this.current.held; next = this.waiting[0]) {
      const wait = next.due - performance.now();
      if (wait > 0) {
        this.timer = setTimeout(() => this.pass(), Math.ceil(wait));
        return;
      }
      this.waiting.shift();
      if (next.chunk === null) this.to.end();
      else if (!this.to.write(next.chunk)) this.from.pause();
    }
  }

  private flow(): void {
    if (this.current.held) this.from.pause();
    else if (!this.to.writableNeedDrain) this.from.resume();
  }
}
