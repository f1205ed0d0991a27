/** What an app can have opened for it, in the order of closing. */
export const backends = ['jobs', 'bus', 'ledger', 'store'] as const;
export type Backend = (typeof backends)[number];

interface Closeable {
  close(): Promise<void>;
}

/** What was opened for this process or thread, to be closed with it. */
export class OpenBackends {
  readonly #opened = new Map<Backend, Closeable>();

  async keep<Opened extends Closeable>(name: Backend, opening: Promise<Opened>): Promise<Opened> {
    const opened = await opening;
    this.#opened.set(name, opened);
    return opened;
  }

  async close(): Promise<void> {
    for (const name of backends) await this.#opened.get(name)?.close();
  }
}
