import { Injectable } from '@nestjs/common';

export interface ListenerAddress {
  readonly host: string;
  readonly port: number;
}

/** Something besides HTTP that outsiders connect to. */
export interface Listener {
  readonly name: string;
  /** Resolves when it is bound. */
  readonly start: () => Promise<ListenerAddress>;
  /** Takes no more, and resolves when what it took is answered. */
  readonly stop: () => Promise<void>;
}

/** Listeners of another thread, which opens and closes them together. */
export interface RemoteListeners {
  /** Where each of them answers, by name. */
  readonly start: () => Promise<Readonly<Record<string, ListenerAddress>>>;
  readonly stop: () => Promise<void>;
}

/** Opened last at start, when everything behind them works, and closed first when draining. */
@Injectable()
export class Listeners {
  readonly #listeners: RemoteListeners[] = [];
  readonly #addresses = new Map<string, ListenerAddress>();

  add({ name, start, stop }: Listener): void {
    this.addRemote({ start: async () => ({ [name]: await start() }), stop });
  }

  addRemote(listeners: RemoteListeners): void {
    this.#listeners.push(listeners);
  }

  /** Where all started listeners answer, by name. */
  get addresses(): Readonly<Record<string, ListenerAddress>> {
    return Object.fromEntries(this.#addresses);
  }

  /** Where a started listener answers. */
  address(name: string): ListenerAddress | undefined {
    return this.#addresses.get(name);
  }

  async start(): Promise<void> {
    for (const listener of this.#listeners) {
      for (const [name, address] of Object.entries(await listener.start())) this.#addresses.set(name, address);
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.stop()));
  }
}
