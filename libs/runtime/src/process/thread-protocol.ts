import type { MessagePort } from 'node:worker_threads';
import type { ListenerAddress } from './listeners.js';

/** What the main thread says to a thread that serves modules. */
export type ToThread =
  /** Keys and bus are there: build, and read what is read from its start. */
  | { readonly kind: 'join'; readonly bus: MessagePort }
  /** HTTP is bound: start the listeners. */
  | { readonly kind: 'listen'; readonly baseUrl: string }
  /** Answered under the same id. */
  | { readonly kind: 'metrics'; readonly id: number }
  /** Drain, close, exit 0. */
  | { readonly kind: 'stop' };

export type FromThread =
  /** Whenever the reasons change. */
  | { readonly kind: 'unready'; readonly reasons: readonly string[] }
  | { readonly kind: 'listening'; readonly addresses: Readonly<Record<string, ListenerAddress>> }
  | { readonly kind: 'metrics'; readonly id: number; readonly text: string };
