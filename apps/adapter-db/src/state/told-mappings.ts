import { createHash } from 'node:crypto';
import type Database from 'libsql';
import type { RowMappingFile } from '@anamnesis/fhir';

/** A mapping by which rows were told, and the version of the product's converters that read it then. */
export interface ToldMapping {
  readonly mapping: RowMappingFile;
  readonly converters: number;
}

/**
 * The mappings by which rows of a source were told, numbered in the order in which they came into force: a row that was told
 * by another than the last is mapped again. What concerns the connection alone is not kept and changes nothing; the same file
 * under other converters is another mapping.
 */
export class ToldMappings {
  readonly #statements: ReturnType<typeof prepare>;
  readonly #found = new Map<number, ToldMapping>();
  #last: { readonly generation: number; readonly digest: string };

  constructor(
    database: Database.Database,
    private readonly converters: number,
  ) {
    this.#statements = prepare(database);
    this.#last = (this.#statements.last.all() as { generation: number; digest: string }[])[0] ?? nothing;
  }

  /** Number of the mapping in force. */
  get generation(): number {
    return Math.max(0, this.#last.generation);
  }

  /** Rows may have been told by an earlier one. */
  get hasEarlier(): boolean {
    return (this.#statements.first.all() as { generation: number }[]).some(
      ({ generation }) => generation < this.generation,
    );
  }

  /** As it stands in names of messages: the same for each time that a row is told again by this mapping. */
  get label(): string {
    return `map-${this.generation}-${this.#last.digest.slice(0, 8)}`;
  }

  /** Puts a mapping into force. One that came back after another is a new one. */
  use(mapping: RowMappingFile): void {
    const text = meaningOf(mapping, this.converters);
    const digest = createHash('sha256').update(text).digest('hex');
    if (digest === this.#last.digest) return;
    const generation = this.#last.generation + 1;
    this.#statements.add.run(generation, digest, text);
    this.#last = { generation, digest };
  }

  /** Undefined where it is not known any more. */
  find(generation: number): ToldMapping | undefined {
    const known = this.#found.get(generation);
    if (known !== undefined) return known;
    const [stored] = this.#statements.find.all(generation) as { text: string }[];
    if (stored === undefined) return undefined;
    const { converters = 1, ...mapping } = JSON.parse(stored.text) as RowMappingFile & { converters?: number };
    const found = { mapping, converters };
    this.#found.set(generation, found);
    return found;
  }

  /** What its converters made of a row is what those of this version make of it. */
  isCurrent({ converters }: ToldMapping): boolean {
    return converters === this.converters;
  }

  /** No row was told by an earlier one any more. */
  forgetEarlier(): void {
    this.#statements.forget.run(this.generation);
    this.#found.clear();
  }
}

const nothing = { generation: -1, digest: '' };

/**
 * In the order of the file, which counts: of several types of a choice the first is taken. The first version of the converters
 * is not said: books from before they had one hold what it told.
 */
function meaningOf({ source, ...mapping }: RowMappingFile, converters: number): string {
  const { facility, application, zone } = source;
  return JSON.stringify({
    ...mapping,
    source: { facility, application, zone },
    ...(converters > 1 && { converters }),
  });
}

function prepare(database: Database.Database) {
  return {
    first: database.prepare('SELECT MIN(generation) AS generation FROM mapping'),
    last: database.prepare('SELECT generation, digest FROM mapping ORDER BY generation DESC LIMIT 1'),
    add: database.prepare('INSERT INTO mapping VALUES (?, ?, ?)'),
    find: database.prepare('SELECT text FROM mapping WHERE generation = ?'),
    forget: database.prepare('DELETE FROM mapping WHERE generation < ?'),
  };
}
