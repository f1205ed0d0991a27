import { structures } from '@anamnesis/fhir';
import { type Answer, isPositive, type Reading } from './corpus-verdict.js';

/** What came of the messages of one source folder. */
export interface CorpusRow {
  sent: number;
  /** By MSA-1; `none` where none came. */
  readonly answers: Record<string, number>;
  /** Taken, and of a structure that this version maps. */
  mapped: number;
  /** Taken, stored and shown without a mapping. */
  kept: number;
  /** With bytes that mean nothing in their character set. */
  undecodable: number;
  ms: number;
}

/** Results by source folder, and refusals by class. */
export class CorpusTable {
  readonly #rows = new Map<string, CorpusRow>();
  readonly #classes = new Map<string, number>();

  note(source: string, reading: Reading, { answer, ms }: { answer: Answer | undefined; ms: number }): void {
    const row = this.#rowOf(source);
    const code = answer?.code ?? 'none';
    row.sent++;
    row.ms += ms;
    row.answers[code] = (row.answers[code] ?? 0) + 1;
    if (isUndecodable(reading)) row.undecodable++;
    if (isPositive(code)) row[isMapped(reading) ? 'mapped' : 'kept']++;
    else if (answer !== undefined) this.#noteRefusal(answer);
  }

  #noteRefusal({ code, condition, reason }: Answer): void {
    const name = `${code} ${condition} ${reason}`;
    this.#classes.set(name, (this.#classes.get(name) ?? 0) + 1);
  }

  get sum(): CorpusRow {
    const sum = emptyRow();
    for (const row of this.#rows.values()) {
      for (const key of ['sent', 'mapped', 'kept', 'undecodable', 'ms'] as const) sum[key] += row[key];
      for (const [code, count] of Object.entries(row.answers)) sum.answers[code] = (sum.answers[code] ?? 0) + count;
    }
    return sum;
  }

  /** The table, then the classes of refusals, most frequent first. */
  lines(): readonly string[] {
    const heads = ['source', 'sent', 'AA', 'AE', 'AR', 'CA', 'CE', 'CR', 'none', 'mapped', 'kept', 'undecodable', 'ms'];
    const rows = [...this.#rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([source, row]) => cells(source, row));
    const all = [heads, ...rows, cells('all', this.sum)];
    const widths = heads.map((_, at) => Math.max(...all.map((row) => row[at]?.length ?? 0)));
    const table = all.map((row) =>
      row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  '),
    );
    const classes = [...this.#classes].sort((a, b) => b[1] - a[1]).map(([name, count]) => `${count}  ${name}`);
    return [...table, '', 'refusals by class', ...classes];
  }

  #rowOf(source: string): CorpusRow {
    const known = this.#rows.get(source);
    if (known !== undefined) return known;
    const row = emptyRow();
    this.#rows.set(source, row);
    return row;
  }
}

function emptyRow(): CorpusRow {
  return { sent: 0, answers: {}, mapped: 0, kept: 0, undecodable: 0, ms: 0 };
}

function cells(source: string, { sent, answers, mapped, kept, undecodable, ms }: CorpusRow): readonly string[] {
  const codes = ['AA', 'AE', 'AR', 'CA', 'CE', 'CR', 'none'].map((code) => answers[code] ?? 0);
  return [source, ...[sent, ...codes, mapped, kept, undecodable, Math.round(ms)].map(String)];
}

function isMapped({ header }: Reading): boolean {
  return header !== undefined && structures.has(header.structure);
}

function isUndecodable({ message }: Reading): boolean {
  return message?.warnings.some(({ code }) => code === 'undecodable') === true;
}
