import type { SourceWatch } from '../source-watch.js';
import { type Reach, withConnection } from './mysql-connection.js';
import { readReplica, type ReplicaState } from './replica-state.js';

/** Further behind than this is told as a guard, and what the replica has is not called all that there is. */
const behindSecondsMax = 60;

/** What is known of a replica from one look to the next: it tells what has stopped only how far it is once it goes on. */
export class ReplicaLag {
  #state: ReplicaState | undefined;
  #behindSeconds = 0;
  #atMs = performance.now();

  constructor(private readonly watch: Pick<SourceWatch, 'guard' | 'replica'>) {}

  /** What the server has is not all that there is. */
  get isBehind(): boolean {
    return this.#state?.stopped !== undefined || this.#behindSeconds > behindSecondsMax;
  }

  look(state: ReplicaState | undefined): void {
    const [last, now] = [this.#atMs, performance.now()];
    const goneSeconds = this.#state?.stopped === undefined ? 0 : (now - last) / 1000;
    this.#state = state;
    this.#atMs = now;
    if (state === undefined) {
      this.#behindSeconds = 0;
      return;
    }
    const { stopped, behindSeconds = this.#behindSeconds + goneSeconds } = state;
    this.#behindSeconds = behindSeconds;
    this.watch.replica(behindSeconds, this.isBehind);
    if (stopped !== undefined) this.watch.guard('replica-stopped', { thread: stopped });
    else if (this.isBehind) this.watch.guard('replica-lag', {});
  }

  /** It is asked again and again: its log says nothing of how far it is. Gives what ends that. */
  watchOver(reach: Reach, everyMs: number): () => void {
    if (this.#state === undefined) return () => undefined;
    const look = async (): Promise<void> => {
      this.look(await withConnection(reach, readReplica));
    };
    // A server that does not answer is missed where its log is read.
    const looking = setInterval(() => void look().catch(() => undefined), everyMs);
    return () => {
      clearInterval(looking);
    };
  }
}
