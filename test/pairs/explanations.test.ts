import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { explanations, type Source } from './explanations/index.mjs';
import { scoreExplained } from './explained-score.mjs';
import { entriesOf } from './facts.mjs';
import { messageOf } from './message.mjs';

const corpus = process.env['CORPUS_DIR'] ?? '../shared/corpus';
const guide = join(corpus, 'v2-to-fhir', 'HL7__v2-to-fhir', 'mappings');
const isGuideThere = existsSync(guide);
if (!isGuideThere)
  console.warn('SKIPPED: the tables of the guide are not here (CORPUS_DIR): explanations are not looked up');

/** The text of a table of the guide, or undefined where it has none of this name. */
function table(name: string): string | undefined {
  for (const kind of ['segments', 'datatypes', 'codesystems', 'messages']) {
    const file = readdirSync(join(guide, kind)).find((one) => one.includes(`_ ${name} - `));
    if (file !== undefined) return readFileSync(join(guide, kind, file), 'utf8');
  }
  return undefined;
}

/** What of a source the tables do not bear out. */
function wrongIn(source: Source): readonly string[] {
  const wrong = (text: string) => [`${JSON.stringify(source)}: ${text}`];
  const name = 'table' in source ? source.table : 'message' in source ? source.message : undefined;
  if (name === undefined) return [];
  const text = table(name);
  if ('absent' in source) return text === undefined ? [] : wrong('the guide has such a table');
  if (text === undefined) return wrong('the guide has no such table');
  if ('rows' in source) return source.rows.filter((row) => !hasRow(text, row)).flatMap((row) => wrong(`no row ${row}`));
  if ('without' in source) return hasTarget(text, source.without) ? wrong('the row has a target') : [];
  if ('no' in source) return hasResource(text, source.no) ? wrong('there is such a target') : [];
  if ('target' in source)
    return text.includes(source.target) && text.replaceAll('""', '"').includes(source.condition)
      ? []
      : wrong('no such row');
  return wrong('says nothing');
}

const hasRow = (text: string, row: string) =>
  text.split('\n').some((line) => line.split(',').slice(0, 3).includes(row));
/** A primary target of this name, or any of the type where the name has no number. */
const hasResource = (text: string, name: string) =>
  [`,${name},`, `,${name}[`, `,${name}(`].some((one) => text.includes(one));
/** A row whose field leads to some element (the tenth column of a segment's table). */
const hasTarget = (text: string, row: string) =>
  text.split('\n').some((line) => line.split(',')[1] === row && (line.split(',')[9] ?? '') !== '');

describe('an explanation of a difference', () => {
  it('has a name of its own, says whose the difference is, and what says so', () => {
    const names = explanations.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, whose, source } of explanations) {
      expect([name, ['theirs', 'open', 'choice'].includes(whose)]).toEqual([name, true]);
      expect([name, source.length > 0]).toEqual([name, true]);
      expect([name, source.some((one) => 'choice' in one) === (whose === 'choice')]).toEqual([name, true]);
    }
  });

  it('names no file of the corpus', () => {
    const text = explanations.map((one) => `${one.name} ${String(one.when)} ${JSON.stringify(one)}`).join('\n');
    expect(text).not.toMatch(/\.hl7|[A-Z]{3}-[A-Z]\d{2}-\d{2}|sample_oru|-full/);
  });

  (isGuideThere ? it : it.skip)('is borne out by the tables that it names', () => {
    expect(explanations.flatMap(({ source }) => source.flatMap(wrongIn))).toEqual([]);
  });
});

describe('the score over what the tables support', () => {
  const guarantor = 'GT1|1||RADIANT^LUCY';
  const sent = (...segments: readonly string[]) =>
    messageOf(
      Buffer.from(['MSH|^~\\&|A|B|||20260301||ADT^A08|1|P|2.5.1', 'PID|1||7||EVE^ADA', ...segments].join('\r')),
    );
  const patient = (...family: readonly string[]) => ({
    resourceType: 'Patient',
    identifier: [{ value: '7' }],
    name: family.map((one) => ({ family: one })),
  });
  const scored = (theirs: readonly object[], ours: readonly object[], ...segments: readonly string[]) => {
    const scores: Parameters<typeof scoreExplained>[0] = new Map();
    const taken: Parameters<typeof scoreExplained>[1] = new Map();
    const pair = { message: sent(...segments), theirs, expected: entriesOf(theirs), ours: entriesOf(ours) };
    scoreExplained(scores, taken, pair);
    return { score: scores.get('Patient'), taken: [...taken].map(([{ name }, counts]) => [name, counts.missed]) };
  };

  it('leaves out what is explained, and counts it under its explanation', () => {
    const { score, taken } = scored([patient('EVE', 'RADIANT')], [patient('EVE')], guarantor);
    expect(score).toEqual({ theirs: 3, expected: 2, ours: 2, met: 2, open: [] });
    expect(taken).toEqual([['persons, numbers and phones of guarantors (GT1)', 1]]);
  });

  it('explains a value as often as it stands in the field, and hides no miss behind it', () => {
    const { score } = scored([patient('RADIANT', 'RADIANT')], [patient()], guarantor);
    expect(score).toMatchObject({ expected: 2, met: 1, open: ['missed name.family = radiant'] });
    expect(scored([patient('EVE')], [patient()], guarantor).score).toMatchObject({ expected: 2, met: 1 });
  });

  it('gives nothing to who says nothing, and takes for what nobody asked for', () => {
    expect(scored([patient('EVE')], []).score).toMatchObject({ expected: 2, ours: 0, met: 0 });
    expect(scored([patient('EVE')], [patient('EVE', 'ADAM')]).score).toMatchObject({ expected: 2, ours: 3, met: 2 });
  });
});
