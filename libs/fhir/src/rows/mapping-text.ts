import { isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import { MappingFileError, type MappingProblem } from './mapping-file-error.js';

export type FilePath = readonly (string | number)[];

/** A mapping file of more is a mistake: it is read at every start. */
export const mappingLengthMax = 1_000_000;

/** A YAML 1.2 text (JSON is YAML) that knows where each of its parts stands. */
export class MappingText {
  readonly #document: Document.Parsed;
  readonly #lines = new LineCounter();

  /** Throws `MappingFileError` for what is no YAML. */
  constructor(text: string) {
    if (text.length > mappingLengthMax) throw wrong({ text: `longer than ${mappingLengthMax} characters` });
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, stringKeys: true });
    const [error] = this.#document.errors;
    if (error !== undefined) throw wrong({ ...this.#place(error.pos[0]), text: error.message });
  }

  /** As plain JSON. Throws `MappingFileError` for aliases that multiply. */
  value(): unknown {
    try {
      return this.#document.toJS({ maxAliasCount: 100 });
    } catch (error) {
      throw wrong({ text: error instanceof Error ? error.message : 'cannot be read' });
    }
  }

  /** The problem at a path; of a member that must not be there, at its name. */
  problem(path: FilePath, text: string): MappingProblem {
    return { ...this.#place(this.#offset(path)), path: written(path), text };
  }

  #place(offset: number): { readonly line: number; readonly column: number } {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  /** The nearest part that is there: what is missing is missing in it. */
  #offset(path: FilePath): number {
    let node: unknown = this.#document.contents;
    let offset = startOf(node) ?? 0;
    for (const step of path) {
      const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && key.value === step) : undefined;
      const next = isSeq(node) && typeof step === 'number' ? node.items[step] : pair;
      if (next === undefined) break;
      const named = isPair(next) ? next.key : next;
      offset = startOf(named) ?? offset;
      node = isPair(next) ? next.value : next;
    }
    return offset;
  }
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

function written(path: FilePath): string {
  return path
    .map((step, at) => (typeof step === 'number' ? `[${step}]` : `${at === 0 ? '' : '.'}${quoted(step)}`))
    .join('');
}

function quoted(step: string): string {
  return /[.\s]/.test(step) ? JSON.stringify(step) : step;
}

function wrong({ line = 1, column = 1, text }: { line?: number; column?: number; text: string }): MappingFileError {
  return new MappingFileError([{ line, column, path: '', text }]);
}
