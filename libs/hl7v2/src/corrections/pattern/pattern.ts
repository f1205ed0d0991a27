import { compilePattern, type State } from './compile-pattern.js';
import { parsePattern } from './parse-pattern.js';

/** Places of the whole match and of each group, begin and end by turns; undefined for a group that took no part. */
type Saved = readonly (number | undefined)[];

/**
 * A pattern that is matched by going through a text once with all states that it can be in (R. Pike's machine): so many
 * steps as characters times states, whatever pattern and text are. Of several matches the one that a backtracking engine
 * finds first.
 */
export class Pattern {
  readonly #states: readonly State[];
  readonly groups: number;

  /** Throws `PatternError`. */
  constructor(text: string) {
    const { root, groups } = parsePattern(text);
    this.groups = groups;
    this.#states = compilePattern(root);
  }

  /** The first match in the text: what stands before it, the groups (0 = all of it), what follows. */
  match(text: string): Match | undefined {
    const characters = Array.from(text);
    const saved = new Machine(this.#states, characters).run();
    if (saved === undefined) return undefined;
    const between = (from = 0, to = 0) => characters.slice(from, to).join('');
    const groups = Array.from({ length: this.groups + 1 }, (_, n) => between(saved[2 * n], saved[2 * n + 1]));
    return { before: between(0, saved[0]), groups, after: between(saved[1], characters.length) };
  }
}

export interface Match {
  readonly before: string;
  /** '' for one that took no part. */
  readonly groups: readonly string[];
  readonly after: string;
}

interface Thread {
  readonly state: number;
  readonly saved: Saved;
}

/** One run over one text. */
class Machine {
  readonly #states: readonly State[];
  readonly #text: readonly string[];

  constructor(states: readonly State[], text: readonly string[]) {
    this.#states = states;
    this.#text = text;
  }

  run(): Saved | undefined {
    let threads: Thread[] = [];
    let found: Saved | undefined;
    for (let at = 0; at <= this.#text.length; at++) {
      const here = new Threads(this.#states, { at, length: this.#text.length });
      for (const thread of threads) here.follow(thread);
      // A later start is worth less than every earlier one.
      if (found === undefined) here.follow({ state: 0, saved: [] });
      const step = this.#step(here.list, this.#text[at]);
      if (step.found !== undefined) found = step.found;
      if (step.threads.length === 0 && found !== undefined) break;
      threads = step.threads;
    }
    return found;
  }

  /** A match ends every thread that is worth less. */
  #step(threads: readonly Thread[], character: string | undefined): { threads: Thread[]; found?: Saved } {
    const next: Thread[] = [];
    const code = character?.codePointAt(0);
    for (const { state, saved } of threads) {
      const one = this.#states[state];
      if (one?.kind === 'match') return { threads: next, found: saved };
      if (one?.kind === 'set' && code !== undefined && isIn(code, one)) next.push({ state: state + 1, saved });
    }
    return { threads: next };
  }
}

/** The states that can be reached at one place without reading a character, each once, best first. */
class Threads {
  readonly list: Thread[] = [];
  readonly #met = new Set<number>();

  constructor(
    private readonly states: readonly State[],
    private readonly place: { readonly at: number; readonly length: number },
  ) {}

  follow(thread: Thread): void {
    const open: Thread[] = [thread];
    for (let one = open.pop(); one !== undefined; one = open.pop()) {
      const { state, saved } = one;
      if (this.#met.has(state)) continue;
      this.#met.add(state);
      open.push(...this.#beyond(state, saved));
    }
  }

  #isAt(kind: 'start' | 'end'): boolean {
    return this.place.at === (kind === 'start' ? 0 : this.place.length);
  }

  /** Last is best: it is taken first. */
  #beyond(at: number, saved: Saved): readonly Thread[] {
    const state = this.states[at];
    if (state === undefined || isResting(state)) {
      this.list.push({ state: at, saved });
      return [];
    }
    switch (state.kind) {
      case 'jump':
        return [{ state: state.to, saved }];
      case 'split':
        return [
          { state: state.or, saved },
          { state: state.to, saved },
        ];
      case 'save':
        return [{ state: at + 1, saved: withPlace(saved, state.slot, this.place.at) }];
      case 'forget':
        return [{ state: at + 1, saved: without(saved, state) }];
      case 'start':
      case 'end':
        return this.#isAt(state.kind) ? [{ state: at + 1, saved }] : [];
    }
  }
}

/** Is it a state that a character is read in, or the end of all? */
function isResting(state: State): state is Extract<State, { readonly kind: 'set' | 'match' }> {
  return state.kind === 'set' || state.kind === 'match';
}

function without(saved: Saved, { from, to }: { readonly from: number; readonly to: number }): Saved {
  return saved.map((one, n) => (n >= from && n < to ? undefined : one));
}

function withPlace(saved: Saved, slot: number, at: number): Saved {
  const copy = Array.from({ length: Math.max(saved.length, slot + 1) }, (_, n) => saved[n]);
  copy[slot] = at;
  return copy;
}

function isIn(code: number, { ranges, isNegated }: State & { readonly kind: 'set' }): boolean {
  return ranges.some(([from, to]) => code >= from && code <= to) !== isNegated;
}
