import type { Connection } from 'mysql2/promise';

/** Rows that the driver reads ahead. */
const ahead = 500;
/** Without a row for so long, or twice that, the server is lost: it may sort a large table before it sends the first. */
const silentMs = 300_000;

export type DriverRow = Readonly<Record<string, unknown>>;

/** The driver's own connection under its promises. */
interface Driver {
  query(sql: string): { stream(options: { highWaterMark: number }): RowStream };
  on(event: 'error', take: (problem: Error) => void): void;
  off(event: 'error', take: (problem: Error) => void): void;
}

interface RowStream extends AsyncIterable<DriverRow> {
  destroy(problem: Error): void;
}

/** The rows of one query as they come, however many there are. `cut` ends a reading that waits for the next. */
export class RowReading {
  #stream: RowStream | undefined;
  #failure: Error | undefined;
  #isWaiting = true;
  #isHeard = true;

  /** Throws what became of the connection, or what it was cut with. */
  async *rows(connection: Connection, sql: string): AsyncGenerator<DriverRow> {
    const { connection: driver } = connection as unknown as { connection: Driver };
    // A lost connection is told to a query's callback, which a stream does not have; else only here.
    const fail = (problem: Error) => {
      this.cut(problem);
    };
    driver.on('error', fail);
    const watchdog = setInterval(() => {
      this.#look();
    }, silentMs);
    try {
      const stream = driver.query(sql).stream({ highWaterMark: ahead });
      this.#stream = stream;
      if (this.#failure !== undefined) stream.destroy(this.#failure);
      for await (const row of stream) {
        this.#isWaiting = false;
        yield row;
        this.#isWaiting = this.#isHeard = true;
      }
    } finally {
      clearInterval(watchdog);
      driver.off('error', fail);
    }
  }

  cut(problem: Error): void {
    this.#failure ??= problem;
    this.#stream?.destroy(this.#failure);
  }

  #look(): void {
    if (this.#isWaiting && !this.#isHeard) this.cut(Object.assign(new Error('no row came'), { code: 'SILENT' }));
    this.#isHeard = false;
  }
}
