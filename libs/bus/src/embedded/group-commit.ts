import type { LogFile } from './log-file.js';
import type { Append, LogAnswer, LogRequest, LogResults, ReadRequest, WriteRequest } from './log-protocol.js';
import type { Prune } from './prune.js';

type Result = LogResults[keyof LogResults];

/** Where one client's appends stand: those of an earlier epoch are refused. */
export interface Lane {
  epochMin: number;
}

/** A request and whose it is. */
export interface Asked<Client extends Lane, Request extends LogRequest = LogRequest> {
  readonly client: Client;
  readonly id: number;
  readonly request: Request;
}

export interface Answered<Client extends Lane> {
  readonly client: Client;
  readonly answer: LogAnswer;
}

export interface Written<Client extends Lane> {
  readonly answers: readonly Answered<Client>[];
  /** What is in the file now and was not before. */
  readonly appends: readonly Append[];
}

export interface GroupCommitOptions {
  readonly log: LogFile;
  readonly prune: Prune;
  readonly space: { readonly isNearlyFull: boolean };
}

/**
 * Everything that arrived while the last commit was being written, from any client, goes into the next one, and is
 * answered after it.
 *
 * To each client the file is one lane: a failed append fails every append that it sent before it could know. Each
 * append carries the epoch of its sending; a failure ends that epoch here at once, and at the client when it hears of
 * it, so whatever was under way in between comes with an ended epoch and is refused unwritten. A client's failure is
 * another's only where they shared a DB transaction.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
  }

  /** Writes all of it in one DB transaction. */
  write<Client extends Lane>(asked: readonly Asked<Client, WriteRequest>[]): Written<Client> {
    const refused: Answered<Client>[] = [];
    const admitted = asked.filter(({ client, id, request }) => {
      const why = this.#whyNot(request, client);
      if (why !== undefined) refused.push({ client, answer: { id, error: { code: undefined, message: why } } });
      return why === undefined;
    });
    if (admitted.length === 0) return { answers: refused, appends: [] };
    try {
      const done = this.#options.log.transaction(() =>
        admitted.map(({ client, id, request }) => ({ client, answer: { id, result: this.#apply(request) } })),
      );
      return { answers: [...refused, ...done], appends: admitted.flatMap(({ request }) => appendOf(request) ?? []) };
    } catch (error) {
      for (const { request, client } of admitted) endEpoch(request, client);
      const failed = admitted.map(({ client, id }) => ({ client, answer: { id, error: describe(error) } }));
      return { answers: [...refused, ...failed], appends: [] };
    }
  }

  /** Alone: what cannot be read fails nothing else. */
  read({ id, request }: { readonly id: number; readonly request: ReadRequest }): LogAnswer {
    const { log } = this.#options;
    try {
      return { id, result: request.kind === 'read' ? log.read(request) : log.lag(request.topic, request.group) };
    } catch (error) {
      return { id, error: describe(error) };
    }
  }

  /** Settling is always tried: it is what lets records go. */
  #whyNot(request: WriteRequest, lane: Lane): string | undefined {
    if (request.kind !== 'append') return undefined;
    if (request.epoch < lane.epochMin) return 'a publish before this one failed';
    if (!this.#options.space.isNearlyFull) return undefined;
    endEpoch(request, lane);
    return 'disk nearly full';
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

function endEpoch(request: WriteRequest, lane: Lane): void {
  if (request.kind === 'append') lane.epochMin = Math.max(lane.epochMin, request.epoch + 1);
}

function appendOf(request: WriteRequest): Append | undefined {
  if (request.kind === 'append') return request;
  return request.kind === 'settle' ? request.dead : undefined;
}

export function describe(error: unknown): NonNullable<LogAnswer['error']> {
  if (!(error instanceof Error)) return { code: undefined, message: 'unknown' };
  const { code } = error as { code?: unknown };
  return { code: typeof code === 'string' ? code : undefined, message: error.message };
}
