import { Injectable } from '@nestjs/common';
import { Unavailable } from '@anamnesis/core';

type Answer = (request: unknown) => Promise<unknown>;
type Ask = (name: string, request: unknown) => Promise<unknown>;

/**
 * What parts of a process ask of each other by name, on whatever thread each runs. What crosses threads is copied
 * (structured clone): plain data and bytes, no functions or classes. Large bytes that are all of their memory change hands
 * instead: whoever asked does not touch them again.
 */
@Injectable()
export class Calls {
  readonly #answers = new Map<string, Answer>();
  readonly #elsewhere: { readonly ask: Ask; readonly names: readonly string[] | undefined }[] = [];

  /** Answers calls of that name. One call that rejects is the caller's `Unavailable`. */
  answer(name: string, answer: Answer): void {
    this.#answers.set(name, answer);
  }

  /** Where calls go that nobody answers here: those with one of these names, or all of them. */
  forward(ask: Ask, names?: readonly string[]): void {
    this.#elsewhere.push({ ask, names });
  }

  /** Throws `Unavailable(name)` where nobody answers, yet or any more. */
  async ask(name: string, request: unknown): Promise<unknown> {
    const answer = this.#answers.get(name);
    if (answer !== undefined) return answer(request);
    const elsewhere = this.#elsewhere.find(({ names }) => names?.includes(name) ?? true);
    if (elsewhere === undefined) throw new Unavailable(name, 'not started');
    return elsewhere.ask(name, request);
  }
}
