import { deflateSync, inflateSync } from 'node:zlib';

/** A row that is new, or not as it was. */
export interface FoundRow {
  readonly keyHash: string;
  readonly hash: string;
  readonly isNew: boolean;
  /** Canonical JSON of the key's values, and of the row. */
  readonly key: string;
  readonly row: string;
}

/** Rows that wait in each group to be deflated together. */
const groupRows = 128;
/** The fastest: rows of a table are alike, most of them are the names of its columns. */
const level = 1;

/** Rows that are given at a time: few enough to be gone before they are garbage that costs. */
const rowsMax = 250;

/** Of rows whose keys' hashes begin alike. */
interface Group {
  readonly deflated: Uint8Array[];
  lines: string[];
}

/**
 * The rows that a comparison found, small until all of them are there: of a file that is read for the first time these are all its
 * rows, and nothing may be told of it before its end. They come in the order of their keys' hashes, in which they are kept: a
 * snapshot written in any other order is written many times over.
 */
export class FoundRows {
  newCount = 0;
  changedCount = 0;
  readonly #groups = new Map<string, Group>();

  add({ keyHash, hash, isNew, key, row }: FoundRow): void {
    if (isNew) this.newCount++;
    else this.changedCount++;
    const group = this.#group(keyHash.charAt(0));
    // JSON holds neither tabs nor ends of lines.
    group.lines.push([keyHash, hash, isNew ? 'new' : 'changed', key, row].join('\t'));
    if (group.lines.length < groupRows) return;
    group.deflated.push(deflateSync(group.lines.join('\n'), { level }));
    group.lines = [];
  }

  /** Once: what was given is forgotten. */
  *take(): Generator<readonly FoundRow[]> {
    for (const name of [...this.#groups.keys()].sort()) {
      const lines = linesOf(this.#group(name));
      this.#groups.delete(name);
      lines.sort();
      for (let at = 0; at < lines.length; at += rowsMax) yield lines.slice(at, at + rowsMax).map(rowOf);
    }
  }

  #group(name: string): Group {
    const known = this.#groups.get(name);
    if (known !== undefined) return known;
    const group: Group = { deflated: [], lines: [] };
    this.#groups.set(name, group);
    return group;
  }
}

function linesOf({ deflated, lines }: Group): string[] {
  return [...deflated.flatMap((part) => inflateSync(part).toString('utf8').split('\n')), ...lines];
}

function rowOf(line: string): FoundRow {
  const [keyHash = '', hash = '', kind, key = '', row = ''] = line.split('\t');
  return { keyHash, hash, isNew: kind === 'new', key, row };
}
