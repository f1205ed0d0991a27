import Database from 'libsql';
import { isTopic, settingsOf, type Topic } from '../topics.js';
import type { Append, Place, ReadLimit, StoredLag, StoredRecord } from './log-protocol.js';

const pageBytes = 4096;

interface Partition {
  readonly id: number;
  nextOffset: number;
}

/** One SQLite file with its tables and statements; everything here is synchronous. See README.md for the life of a record. */
export class LogFile {
  readonly database: Database.Database;
  readonly #statements: ReturnType<typeof prepare>;
  /** By topic, then number. Written back at each commit, forgotten at each rollback. */
  readonly #partitions = new Map<Topic, readonly Partition[]>();
  readonly #touched = new Set<Partition>();

  /** Throws SQLite's error: `SQLITE_BUSY` when another owner has the file. */
  constructor(file: string, options: { sizeBytesMax?: number | undefined } = {}) {
    this.database = new Database(file);
    // Before anything is written: it decides the layout of the file.
    this.database.pragma('auto_vacuum = INCREMENTAL');
    // One owner: a second process on this file fails at once, and a killed one leaves no lock behind.
    this.database.pragma('locking_mode = EXCLUSIVE');
    this.database.pragma('journal_mode = WAL');
    this.database.pragma('synchronous = FULL');
    if (options.sizeBytesMax !== undefined)
      this.database.pragma(`max_page_count = ${Math.floor(options.sizeBytesMax / pageBytes)}`);
    this.database.exec(schema);
    this.#statements = prepare(this.database);
    this.#checkPartitions();
  }

  /** All of `work` or nothing, durable when it returns. */
  transaction<Result>(work: () => Result): Result {
    try {
      this.database.exec('BEGIN IMMEDIATE');
      const result = work();
      for (const { id, nextOffset } of this.#touched) this.#statements.advance.run(nextOffset, id);
      this.database.exec('COMMIT');
      return result;
    } catch (error) {
      this.#partitions.clear();
      // A full disk has SQLite roll back by itself.
      if (this.database.inTransaction) this.database.exec('ROLLBACK');
      throw error;
    } finally {
      this.#touched.clear();
    }
  }

  append({ topic, records }: Append): void {
    const appendedAtMs = Date.now();
    const isCompacted = settingsOf(topic).isCompacted ? 1 : 0;
    for (const { partition, key, value } of records) {
      const place = this.#partition(topic, partition);
      this.#statements.insert.run(place.id, place.nextOffset++, appendedAtMs, isCompacted, key, value);
      this.#touched.add(place);
    }
  }

  move(place: { topic: Topic; partition: number; group: string; offset: number }): void {
    this.#statements.move.run(this.#partition(place.topic, place.partition).id, place.group, place.offset);
  }

  subscribe(topic: Topic, group: string | undefined): Place[] {
    return this.#all(topic).map(({ id, nextOffset }, partition) => {
      if (group !== undefined) this.#statements.join.run(id, group);
      return { partition, position: group === undefined ? 0 : this.#position(id, group), end: nextOffset - 1 };
    });
  }

  /**
   * Sizes first, bodies after: a driver that fetches rows ahead would hold a hundred large bodies to give out one. And
   * no statement stays half read, which would keep the write-ahead log from being folded back.
   */
  read(place: { topic: Topic; partition: number; after: number; limit: ReadLimit }): StoredRecord[] {
    const { id } = this.#partition(place.topic, place.partition);
    const { sizes, bodies } = this.#statements;
    const rows = sizes.all(id, place.after, place.limit.records) as { offset: number; size: number }[];
    let last = 0;
    let bytes = 0;
    for (const { offset, size } of rows) {
      bytes += size;
      if (last > 0 && bytes > place.limit.bytes) break;
      last = offset;
    }
    if (last === 0) return [];
    // The driver's buffers lie outside the JavaScript heap and do not cross to another thread.
    return (bodies.all(id, place.after, last) as StoredRecord[]).map((row) => ({
      ...row,
      value: new Uint8Array(row.value),
    }));
  }

  lag(topic: Topic, group: string): StoredLag {
    let records = 0;
    let oldestAppendedAtMs: number | undefined;
    for (const { id, nextOffset } of this.#all(topic)) {
      const [first] = this.#statements.first.all(id, this.#position(id, group)) as StoredRecord[];
      if (first === undefined) continue;
      records += nextOffset - first.offset;
      oldestAppendedAtMs = Math.min(oldestAppendedAtMs ?? Infinity, first.appendedAtMs);
    }
    return { records, oldestAppendedAtMs };
  }

  close(): void {
    this.database.close();
  }

  #position(id: number, group: string): number {
    const [row] = this.#statements.position.all(id, group) as { offset: number }[];
    return row?.offset ?? 0;
  }

  #partition(topic: Topic, partition: number): Partition {
    const place = this.#all(topic)[partition];
    if (place === undefined) throw new RangeError(`${topic} has no partition ${partition}`);
    return place;
  }

  /** Creates the topic when it is met for the first time; a reader's creation outside a DB transaction is as good. */
  #all(topic: Topic): readonly Partition[] {
    const known = this.#partitions.get(topic);
    if (known) return known;
    for (let number = 0; number < settingsOf(topic).partitions; number++) this.#statements.create.run(topic, number);
    const partitions = this.#statements.partitions.all(topic) as Partition[];
    this.#partitions.set(topic, partitions);
    return partitions;
  }

  /** A file from a build with other partitions would mix up the order of every key without a word. */
  #checkPartitions(): void {
    for (const { topic, count } of this.#statements.counts.all() as { topic: string; count: number }[]) {
      if (isTopic(topic) && settingsOf(topic).partitions !== count)
        throw new Error(`${topic} was created with ${count} partitions, not ${settingsOf(topic).partitions}`);
    }
  }
}

// appended_at stands before the value: what prunes must not walk through bodies to see it.
const schema = `
  CREATE TABLE IF NOT EXISTS "partition" (
    id INTEGER PRIMARY KEY, topic TEXT NOT NULL, number INTEGER NOT NULL, next_offset INTEGER NOT NULL DEFAULT 1,
    UNIQUE (topic, number));
  CREATE TABLE IF NOT EXISTS record (
    "partition" INTEGER NOT NULL, "offset" INTEGER NOT NULL, appended_at INTEGER NOT NULL, is_compacted INTEGER NOT NULL,
    "key" TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY ("partition", "offset"));
  CREATE INDEX IF NOT EXISTS record_key ON record ("partition", "key", "offset") WHERE is_compacted = 1;
  CREATE TABLE IF NOT EXISTS position (
    "partition" INTEGER NOT NULL, "group" TEXT NOT NULL, "offset" INTEGER NOT NULL,
    PRIMARY KEY ("partition", "group")) WITHOUT ROWID;`;

function prepare(database: Database.Database) {
  return {
    counts: database.prepare('SELECT topic, COUNT(*) AS count FROM "partition" GROUP BY topic'),
    create: database.prepare('INSERT INTO "partition" (topic, number) VALUES (?, ?) ON CONFLICT DO NOTHING'),
    partitions: database.prepare(
      'SELECT id, next_offset AS nextOffset FROM "partition" WHERE topic = ? ORDER BY number',
    ),
    advance: database.prepare('UPDATE "partition" SET next_offset = ? WHERE id = ?'),
    insert: database.prepare(`
      INSERT INTO record ("partition", "offset", appended_at, is_compacted, "key", value) VALUES (?, ?, ?, ?, ?, ?)`),
    sizes: database.prepare(`
      SELECT "offset", LENGTH(value) AS size FROM record WHERE "partition" = ? AND "offset" > ? ORDER BY "offset" LIMIT ?`),
    bodies: database.prepare(`
      SELECT "offset", "key", value, appended_at AS appendedAtMs FROM record
      WHERE "partition" = ? AND "offset" > ? AND "offset" <= ? ORDER BY "offset"`),
    first: database.prepare(`
      SELECT "offset", appended_at AS appendedAtMs FROM record
      WHERE "partition" = ? AND "offset" > ? ORDER BY "offset" LIMIT 1`),
    position: database.prepare('SELECT "offset" FROM position WHERE "partition" = ? AND "group" = ?'),
    join: database.prepare(
      'INSERT INTO position ("partition", "group", "offset") VALUES (?, ?, 0) ON CONFLICT DO NOTHING',
    ),
    move: database.prepare(`
      INSERT INTO position ("partition", "group", "offset") VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET "offset" = MAX("offset", excluded."offset")`),
  };
}
