import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

/** What is wrong with a file, and where. Keys and rules are named; values of the file are not repeated. */
export interface FileProblem {
  readonly line: number;
  readonly column: number;
  /** JSON pointer: `/rules/0/to`; '' for the whole file. */
  readonly at: string;
  readonly text: string;
}

/** A node of the file and where it stands. */
export interface Part {
  readonly node: Node | null | undefined;
  readonly at: string;
}

/** A map of the file by its keys. */
export interface Members {
  readonly part: Part;
  readonly found: ReadonlyMap<string, Part>;
}

const problemsMax = 20;

/** Ends the reading of one rule. */
class Faulty extends Error {}

/**
 * Reads a YAML file, JSON among them, piece by piece, and keeps what is wrong with it: the first of each item of a list. Every
 * scalar is text, as it is written: `0012` is no number. Anchors and aliases are not read.
 */
export class FileReader {
  readonly problems: FileProblem[] = [];
  readonly root: Part;
  readonly #lines = new LineCounter();

  constructor(text: string) {
    const document = parseDocument(text, { lineCounter: this.#lines, schema: 'failsafe', uniqueKeys: true });
    this.root = { node: document.contents, at: '' };
    for (const { pos, message } of document.errors)
      this.#add(pos[0], { at: '', text: message.split(' at line ')[0] ?? 'not YAML' });
  }

  /** Never returns: what is being read by `attempt` is given up. */
  fail({ node, at }: Part, text: string): never {
    this.#add(node?.range?.[0] ?? 0, { at, text });
    throw new Faulty();
  }

  /** None where something in it is wrong, which is then among the problems. */
  attempt<One>(read: () => One): readonly One[] {
    try {
      return [read()];
    } catch (error) {
      if (error instanceof Faulty) return [];
      throw error;
    }
  }

  /** The members of a map, whose keys are among `known`. */
  members(part: Part, known: readonly string[]): Members {
    const { node, at } = part;
    if (!isMap(node)) return this.fail(part, `a map is expected, of ${known.join(', ')}`);
    const found = new Map<string, Part>();
    for (const { key, value } of node.items) {
      const name = keyText(key);
      if (!known.includes(name))
        this.fail({ node: key as Node, at: `${at}/` }, `a key that is not known here: there are ${known.join(', ')}`);
      found.set(name, { node: value as Node | null, at: `${at}/${name}` });
    }
    return { part, found };
  }

  /** A member that has to be there. */
  need({ part, found }: Members, key: string): Part {
    return found.get(key) ?? this.fail(part, `"${key}" is missing`);
  }

  /** All pairs of a map whose keys are the author's own. */
  pairs(part: Part): readonly (readonly [key: string, value: Part])[] {
    if (!isMap(part.node)) return this.fail(part, 'a map is expected');
    return part.node.items.map(({ key, value }, index) => [
      keyText(key),
      { node: value as Node | null, at: `${part.at}/${index}` },
    ]);
  }

  /** What is read of each item of a list; of an absent one nothing. */
  items<One>(part: Part | undefined, max: number, read: (part: Part) => One): readonly One[] {
    if (part === undefined) return [];
    if (!isSeq(part.node)) return this.fail(part, 'a list is expected');
    if (part.node.items.length > max) return this.fail(part, `more than ${max}`);
    return part.node.items.flatMap((node, index) =>
      this.attempt(() => read({ node: node as Node, at: `${part.at}/${index}` })),
    );
  }

  /** The text of a scalar. */
  text(part: Part, { max = 200, isEmptyFine = false } = {}): string {
    const { node } = part;
    if (!isScalar(node) || typeof node.value !== 'string') return this.fail(part, 'a text is expected');
    if (node.value === '' && !isEmptyFine) return this.fail(part, 'a text is expected, and it is empty');
    return node.value.length > max ? this.fail(part, `longer than ${max} characters`) : node.value;
  }

  #add(offset: number, problem: Pick<FileProblem, 'at' | 'text'>): void {
    if (this.problems.length >= problemsMax) return;
    const { line, col } = this.#lines.linePos(offset);
    this.problems.push({ line: Math.max(line, 1), column: Math.max(col, 1), ...problem });
  }
}

function keyText(key: unknown): string {
  return isScalar(key) && typeof key.value === 'string' ? key.value : '';
}
