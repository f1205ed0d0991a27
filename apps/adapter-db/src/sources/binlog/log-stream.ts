import type { BinlogEvent, ZongJiOptions } from '@vlasky/zongji';
import type { ConnectionOptions } from 'mysql2';
import { BinlogClient } from './binlog-client.js';
import { EventReader, type EventReaderOptions, type LogItem } from './event-reader.js';
import { placeOfTable } from './mysql-connection.js';

const includeEvents = [
  ...[
    'tablemap',
    'writerows',
    'updaterows',
    'deleterows',
    'xid',
    'query',
    'rotate',
    'xaprepare',
    'heartbeat',
    'format',
  ],
  ...['mariadbgtid', 'mariadbgtidlist', 'gtid', 'anonymousgtid', 'previousgtids'],
];
/** Without a word of the server, not even a heartbeat, for so many of their intervals the connection is dead. */
const silentBeats = 3;

export interface LogStreamOptions extends Omit<EventReaderOptions, 'from'> {
  readonly connection: ConnectionOptions;
  readonly serverId: number;
  readonly heartbeatMs: number;
  /** Items that wait before the server has to. */
  readonly waitingMax: number;
  readonly from: EventReaderOptions['from'] & { readonly gtid?: string };
}

/** One connection that follows the log; what it says is taken in its order. It does not come back when it breaks. */
export class LogStream {
  readonly #client: BinlogClient;
  readonly #reader: EventReader;
  readonly #items: LogItem[] = [];
  readonly #watchdog: NodeJS.Timeout;
  #failure: Error | undefined;
  #isPaused = false;
  #heardAtMs = performance.now();
  #wake: () => void = () => undefined;

  constructor(private readonly options: LogStreamOptions) {
    const { connection, heartbeatMs, from, serverId } = options;
    this.#reader = new EventReader(options);
    this.#client = new BinlogClient(connection, {
      ...{ heartbeatMs, from },
      unread: (what) => {
        this.#hear(this.#reader.readUnread(what, this.#client.cursor));
      },
    });
    this.#client.on('error', (problem: Error) => {
      this.#fail(problem);
    });
    this.#client.on('binlog', (event: BinlogEvent) => {
      this.#hear(this.#reader.read(event, this.#client.cursor));
    });
    this.#watchdog = setInterval(() => {
      const silentMs = performance.now() - this.#heardAtMs;
      if (!this.#isPaused && silentMs > heartbeatMs * silentBeats)
        this.#fail(Object.assign(new Error('the server is silent'), { code: 'SILENT' }));
    }, heartbeatMs / 2);
    const start: ZongJiOptions =
      from.gtid === undefined ? { filename: from.file, position: from.offset } : { gtidSet: from.gtid };
    this.#client.start({ serverId, ...start, includeEvents, includeSchema: schemaOf(options) });
  }

  get waiting(): number {
    return this.#items.length;
  }

  /** The next items, at least one; none after `wake`. Throws when the connection is broken. */
  async take(max: number): Promise<readonly LogItem[]> {
    if (this.#items.length === 0 && this.#failure === undefined)
      await new Promise<void>((resolve) => (this.#wake = resolve));
    // What came before it broke is good, and brings the place nearer to whatever broke it.
    if (this.#items.length === 0 && this.#failure !== undefined) throw this.#failure;
    const taken = this.#items.splice(0, max);
    if (this.#isPaused && this.#items.length < this.options.waitingMax / 2) this.#resume();
    return taken;
  }

  /** Ends a `take` that waits. */
  wake(): void {
    this.#wake();
  }

  /** Resolves when the server has been told. */
  async close(): Promise<void> {
    clearInterval(this.#watchdog);
    const stopped = new Promise<void>((resolve) => this.#client.once('stopped', resolve));
    this.#client.stop();
    await stopped;
  }

  #hear(items: readonly LogItem[]): void {
    this.#heardAtMs = performance.now();
    if (this.#failure !== undefined) return;
    for (const item of items) this.#items.push(item);
    if (this.#items.length > this.options.waitingMax) this.#pause();
    if (this.#items.length > 0) this.#wake();
  }

  #fail(problem: Error): void {
    this.#failure ??= problem;
    this.#wake();
  }

  #pause(): void {
    this.#isPaused = true;
    this.#client.connection?.pause();
  }

  #resume(): void {
    this.#isPaused = false;
    this.#heardAtMs = performance.now();
    this.#client.connection?.resume();
  }
}

function schemaOf({ tables, database }: LogStreamOptions): Record<string, string[]> {
  const schema: Record<string, string[]> = {};
  for (const [name, table] of tables.map((one) => placeOfTable(one, database))) (schema[name] ??= []).push(table);
  return schema;
}
