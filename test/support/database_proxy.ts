import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PoolConfig } from 'pg';

const PORT = 5432;

/**
 * Stands between Sequitur and PostgreSQL, and takes the connection away when a test says so. Close it with
 * `await using`.
 */
export class DatabaseProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #dir: string;
  readonly #to: PoolConfig;
  readonly #open = new Set<Socket>();
  #isCut = false;
  #loses: string | undefined;
  #onLost: () => void = () => {};

  static async start(to: PoolConfig): Promise<DatabaseProxy> {
    const proxy = new DatabaseProxy(to, await mkdtemp(join(tmpdir(), 'proxy-')));
    proxy.#server.listen(join(proxy.#dir, `.s.PGSQL.${PORT}`));
    await once(proxy.#server, 'listening');
    return proxy;
  }

  private constructor(to: PoolConfig, dir: string) {
    this.#to = to;
    this.#dir = dir;
    this.#server = createServer((client) => this.#accept(client));
  }

  /** How to reach the database through here. */
  get connection(): PoolConfig {
    return { ...this.#to, host: this.#dir, port: PORT };
  }

  /** Breaks every connection and refuses new ones. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#open) socket.destroy();
  }

  mend(): void {
    this.#isCut = false;
  }

  /** Keeps every connection open and carries nothing any more, as a network that has vanished. */
  freeze(): void {
    for (const socket of this.#open) socket.pause();
  }

  /**
   * Lets the next statement that contains `text` reach the server, and breaks its connection instead of bringing
   * the answer back. Resolves when that has happened.
   */
  loseAnswerTo(text: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#loses = text;
    this.#onLost = resolve;
    return promise;
  }

  /** The same for the next COMMIT. A statement ends with a zero: BEGIN names READ COMMITTED in the midst of it. */
  loseCommit(): Promise<void> {
    return this.loseAnswerTo('COMMIT\0');
  }

  #accept(client: Socket): void {
    if (this.#isCut) return void client.destroy();
    const { host = '', port } = this.#to;
    const isSocket = host.startsWith('/');
    const server = isSocket ? connect(join(host, `.s.PGSQL.${port ?? PORT}`)) : connect(port ?? PORT, host);
    let isLosing = false;
    client.on('data', (chunk) => {
      if (this.#loses && chunk.includes(this.#loses)) {
        this.#loses = undefined;
        isLosing = true;
      }
      server.write(chunk);
    });
    server.on('data', (chunk) => {
      if (!isLosing) return void client.write(chunk);
      client.destroy();
      this.#onLost();
    });
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#open.delete(socket);
        other.destroy();
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
    await rm(this.#dir, { recursive: true, force: true });
  }
}
