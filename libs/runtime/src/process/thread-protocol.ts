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
  /** A call of `Calls`, answered under the same id. */
  | { readonly kind: 'ask'; readonly id: number; readonly name: string; readonly request: unknown }
  /** Drain, close, exit 0. */
  | { readonly kind: 'stop' };

export type FromThread =
  /** Whenever the reasons change. */
  | { readonly kind: 'unready'; readonly reasons: readonly string[] }
  | { readonly kind: 'listening'; readonly addresses: Readonly<Record<string, ListenerAddress>> }
  | { readonly kind: 'metrics'; readonly id: number; readonly text: string }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: unknown }
  /** The call was not answered: its request may or may not have had its effect. */
  | { readonly kind: 'unanswered'; readonly id: number };
