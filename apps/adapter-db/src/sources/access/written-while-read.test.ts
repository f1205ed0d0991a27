import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { canonicalJson, type RowChange, type RowValue } from '@anamnesis/core';
import { AccessWriter } from '../../../test/access-writer.js';
import { WatchedFile } from '../../../test/watched-file.js';

const writer = await AccessWriter.start();
afterAll(() => writer?.end());

const persons = 40;
const stepsEach = 45;
const rounds = 2;
const tables = [
  { table: 'Persons', key: ['Number'] },
  { table: 'Visits', key: ['Number'] },
];

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'access-written-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

(writer ? describe : describe.skip)('an Access file that is written while it is read', () => {
  const hospital = writer as AccessWriter;

  it.each([
    ['V2003', 'mdb'],
    ['V2010', 'accdb'],
  ])('is never told as what it was not, and in the end as what it is (%s)', async (format, ending) => {
    const path = join(directory, `hospital.${ending}`);
    await hospital.tell('pairs', path, format, persons);
    const reading = { quietMs: 200, lockedQuietMs: 250, readsMax: 3, fileBytesMax: 64 * 1024 * 1024 };
    const watched = await WatchedFile.start({ directory, path, reading, secret: randomBytes(32), tables });
    const states = new States(rounds * stepsEach);
    const copy = new Copy();
    let at = 0;
    const check = () => {
      const changes = watched.take();
      for (const change of changes) copy.apply(change);
      const found = states.find(copy.text, at);
      expect([changes.length, found]).not.toEqual([changes.length, -1]);
      at = found;
    };
    check();
    for (let round = 0; round < rounds; round++) {
      await hospital.tell('steps', path, round * stepsEach + 1, stepsEach);
      const progress = { isDone: false };
      const finished = hospital.tell('finish').then(() => (progress.isDone = true));
      while (!progress.isDone) {
        await watched.look();
        check();
      }
      await finished;
      const { state } = await watched.look();
      expect(state).toMatch(/^(taken|same)$/);
      check();
      // Nothing is lost: it is the file as it is now.
      expect(copy.text).toBe(states.after((round + 1) * stepsEach));
    }
    await watched.stop();
  });
});

/** What was told, applied. */
class Copy {
  readonly #rows = new Map<string, RowValue>();

  /** A row was what it is told to have been. */
  apply({ table, key, before, after }: RowChange): void {
    const name = nameOf(table, Number(key[0]));
    expect([name, before?.['Remark']]).toEqual([name, this.#rows.get(name)]);
    if (after === undefined) this.#rows.delete(name);
    else this.#rows.set(name, after['Remark'] ?? null);
  }

  get text(): string {
    return textOf(this.#rows);
  }
}

/** All that the file was, one after the other: what the writer's steps make of it (`takeSteps`). */
class States {
  readonly #texts: string[];
  readonly #afterStep = new Map<number, string>();

  constructor(steps: number) {
    const rows = new Map<string, RowValue>();
    const set = (table: string, number: number, remark: string | undefined) => {
      const name = nameOf(table, number);
      if (remark === undefined) rows.delete(name);
      else rows.set(name, remark);
      this.#texts.push(textOf(rows));
    };
    this.#texts = [];
    for (const table of ['Persons', 'Visits'])
      for (let number = 1; number <= persons; number++) set(table, number, 'step 0');
    for (let step = 1; step <= steps; step++) {
      for (const table of ['Persons', 'Visits']) {
        set(table, (step % persons) + 1, `step ${step}${' again'.repeat((step % 5) * 6)}`);
        if (step % 3 === 0) set(table, 1000 + step, 'made');
        if (step % 3 === 1 && step > 31) set(table, 1000 + step - 31, undefined);
      }
      this.#afterStep.set(step, textOf(rows));
    }
  }

  /** The place of a state among all, not before another; -1: it never was. */
  find(text: string, from: number): number {
    return this.#texts.indexOf(text, from);
  }

  after(step: number): string | undefined {
    return this.#afterStep.get(step);
  }
}

function nameOf(table: string, number: number): string {
  return `${table} ${String(number).padStart(6)}`;
}

function textOf(rows: ReadonlyMap<string, RowValue>): string {
  return canonicalJson(Object.fromEntries(rows));
}
