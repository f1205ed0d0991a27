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

/** Opened last at start, when everything behind them works, and closed first when draining. */
@Injectable()
export class Listeners {
  readonly #listeners: Listener[] = [];
  readonly #addresses = new Map<string, ListenerAddress>();

  add(listener: Listener): void {
    this.#listeners.push(listener);
  }

  /** Where a started listener answers. */
  address(name: string): ListenerAddress | undefined {
    return this.#addresses.get(name);
  }

  async start(): Promise<void> {
    for (const listener of this.#listeners) this.#addresses.set(listener.name, await listener.start());
  }

  async stop(): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.stop()));
  }
}
