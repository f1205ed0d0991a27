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

const problemsMax = 20;

/**
 * Reads a YAML file, JSON among them, piece by piece, and keeps what is wrong with each. Every scalar is text, as it is
 * written: `0012` is no number. Anchors and aliases are not read.
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

  fail({ node, at }: Part, text: string): undefined {
    this.#add(node?.range?.[0] ?? 0, { at, text });
    return undefined;
  }

  /** The members of a map by key; undefined, and a problem, for anything else and for keys that are not among `known`. */
  members(part: Part, known: readonly string[]): ReadonlyMap<string, Part> | undefined {
    const { node, at } = part;
    if (!isMap(node)) return this.fail(part, `a map is expected, of ${known.join(', ')}`);
    const found = new Map<string, Part>();
    for (const { key, value } of node.items) {
      const name = isScalar(key) && typeof key.value === 'string' ? key.value : '';
      const place = { node: key as Node, at: `${at}/${known.includes(name) ? name : ''}` };
      if (known.includes(name)) found.set(name, { node: value as Node | null, at: place.at });
      else this.fail(place, `a key that is not known here: there are ${known.join(', ')}`);
    }
    return found;
  }

  /** All pairs of a map whose keys are the author's own. */
  pairs(part: Part): readonly (readonly [key: string, value: Part])[] {
    if (!isMap(part.node)) {
      this.fail(part, 'a map is expected');
      return [];
    }
    return part.node.items.map(({ key, value }, index) => [
      isScalar(key) && typeof key.value === 'string' ? key.value : '',
      { node: value as Node | null, at: `${part.at}/${index}` },
    ]);
  }

  /** The items of a list; none for one that is absent. */
  items(part: Part | undefined, max: number): readonly Part[] {
    if (part === undefined) return [];
    if (!isSeq(part.node)) {
      this.fail(part, 'a list is expected');
      return [];
    }
    if (part.node.items.length > max) this.fail(part, `more than ${max}`);
    return part.node.items.slice(0, max).map((node, index) => ({ node: node as Node, at: `${part.at}/${index}` }));
  }

  /** The text of a scalar; undefined, and a problem, for anything else, for an empty one and one that is too long. */
  text(part: Part, { max = 200, isEmptyFine = false } = {}): string | undefined {
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
