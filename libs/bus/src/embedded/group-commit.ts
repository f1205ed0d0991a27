import type { LogFile } from './log-file.js';
import type { LogAnswer, LogMessage, LogResults, ReadRequest, WriteRequest } from './log-protocol.js';
import type { Prune } from './prune.js';

type Result = LogResults[keyof LogResults];
type Message<Request> = LogMessage & { readonly request: Request };

export interface GroupCommitOptions {
  readonly log: LogFile;
  readonly prune: Prune;
  readonly space: { readonly isNearlyFull: boolean };
}

/**
 * Everything that arrived while the last commit was being written goes into the next one, and is answered after it.
 *
 * The file is one lane: a failed append fails every append that was sent before its sender could know. Each append
 * carries the epoch of its sending; a failure ends that epoch here at once, and at the sender when it hears of it, so
 * whatever was under way in between comes with an ended epoch and is refused unwritten.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  #epochMin = 0;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
  }

  /** Writes all of it in one DB transaction. */
  write(messages: readonly Message<WriteRequest>[]): readonly LogAnswer[] {
    const refused: LogAnswer[] = [];
    const admitted = messages.filter((message) => {
      const why = this.#whyNot(message.request);
      if (why !== undefined) refused.push({ id: message.id, error: { code: undefined, message: why } });
      return why === undefined;
    });
    if (admitted.length === 0) return refused;
    try {
      const done = this.#options.log.transaction(() =>
        admitted.map(({ id, request }) => ({ id, result: this.#apply(request) })),
      );
      return [...refused, ...done];
    } catch (error) {
      for (const { request } of admitted) this.#endEpoch(request);
      return [...refused, ...admitted.map(({ id }) => ({ id, error: describe(error) }))];
    }
  }

  /** One by one: what cannot be read fails alone. */
  read({ id, request }: Message<ReadRequest>): LogAnswer {
    const { log } = this.#options;
    try {
      return { id, result: request.kind === 'read' ? log.read(request) : log.lag(request.topic, request.group) };
    } catch (error) {
      return { id, error: describe(error) };
    }
  }

  /** Settling is always tried: it is what lets records go. */
  #whyNot(request: WriteRequest): string | undefined {
    if (request.kind !== 'append') return undefined;
    if (request.epoch < this.#epochMin) return 'a publish before this one failed';
    if (!this.#options.space.isNearlyFull) return undefined;
    this.#endEpoch(request);
    return 'disk nearly full';
  }

  #endEpoch(request: WriteRequest): void {
    if (request.kind === 'append') this.#epochMin = Math.max(this.#epochMin, request.epoch + 1);
  }

  #apply(request: WriteRequest): Result {
    const { log, prune } = this.#options;
    switch (request.kind) {
      case 'append':
        log.append(request);
        return undefined;
      case 'settle':
        if (request.group !== undefined) log.move({ ...request, group: request.group });
        if (request.dead !== undefined) log.append(request.dead);
        return undefined;
      case 'subscribe':
        return log.subscribe(request.topic, request.group);
      case 'prune':
        return prune.step(request.nowMs);
    }
  }
}

export function describe(error: unknown): NonNullable<LogAnswer['error']> {
  if (!(error instanceof Error)) return { code: undefined, message: 'unknown' };
  const { code } = error as { code?: unknown };
  return { code: typeof code === 'string' ? code : undefined, message: error.message };
}
