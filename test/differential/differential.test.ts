import { afterAll, describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FrameDecoder, splitBatch } from '@anamnesis/hl7v2';
import { seeds } from '../fuzz/seeds.mjs';
import { compare, type Differences, noDifferences, reasons } from './compare.js';

const corpus = join(process.env['CORPUS_DIR'] ?? '../shared/corpus', 'hl7v2');
const isThere = existsSync(corpus);
if (!isThere)
  console.warn(`SKIPPED: no corpus at ${corpus} (CORPUS_DIR): the parsers were compared over our messages only`);

function filesIn(folder: string): readonly string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => /\.hl7$/i.test(name)).map((name) => join(folder, name));
}

function messagesIn(file: string): readonly Uint8Array[] {
  const bytes = readFileSync(file);
  const events = new FrameDecoder({ frameBytesMax: 64 * 1024 * 1024 }).push(bytes);
  const frames = events.flatMap((event) => (event.kind === 'frame' ? [event.bytes] : []));
  return (frames.length > 0 ? frames : [bytes]).flatMap((one) => {
    const { messages } = splitBatch(one);
    return messages.length > 0 ? messages : [one];
  });
}

function compareAll(messages: readonly Uint8Array[]): Differences {
  const found = noDifferences();
  for (const one of messages) compare(one, found);
  return found;
}

const own = [
  ...filesIn('libs/fhir/src/v2/messages/golden').flatMap(messagesIn),
  ...filesIn('samples/messages').flatMap(messagesIn),
  ...seeds.message.filter((seed) => seed[0] === 0x80).map((seed) => seed.subarray(1)),
];
const report: string[] = [];
const note = (name: string, { equal, byReason }: Differences): void => {
  report.push(`${name}: ${equal} values equal`);
  for (const [reason, count] of byReason) report.push(`  ${count} ${reason}: ${reasons[reason]}`);
};

describe('our parser and that of @medplum/core', () => {
  afterAll(() => {
    console.info(report.join('\n'));
  });

  it('find the same in our own messages, but for what is explained', () => {
    const found = compareAll(own);
    note('own messages', found);
    expect(found.unexplained).toEqual([]);
    expect(found.equal).toBeGreaterThan(1000);
  });

  (isThere ? it : it.skip)('find the same in the messages of other systems, but for what is explained', () => {
    const found = compareAll(filesIn(corpus).flatMap(messagesIn));
    note('messages of other systems', found);
    expect([...new Set(found.unexplained)]).toEqual([]);
    expect(found.equal).toBeGreaterThan(100_000);
  });

  it('would be told apart by a value that one of them reads otherwise', () => {
    const found = compareAll([Buffer.from('MSH|^~\\&|A\rPID|1||""^a\\F\\b')]);
    expect([...found.byReason]).toEqual([
      ['null', 1],
      ['escape', 1],
    ]);
    expect(compareAll([Buffer.from('MSH|^~\\&|A\rPID|1\rno segment')]).byReason.get('line-joined')).toBe(1);
  });
});
