import { describe, expect, it } from '@jest/globals';
import { anchorEntryBytes, newBatchId, parseAnchorEntry, parseBatchId } from './anchor-entry.js';
import { parseAnchor, parseLedgerEvidence } from './parse-evidence.js';

const batchId = newBatchId();
const digest = 'ab'.repeat(32);
const entry = { batchId, root: digest, size: 3, previousRoot: '0'.repeat(64) };
const place = { origin: 'ledger.example/log', index: 0, treeSize: 1 };
const anchor = { ledger: 'log', batchId, root: digest, ...place, anchoredAt: '2024-02-29T23:59:59.000Z' };
const evidence = {
  ledger: 'log',
  ...place,
  verifierKey: `ledger.example/log+00000000+${'A'.repeat(44)}`,
  entry,
  inclusionProof: [digest],
  checkpoint: 'ledger.example/log\n1\nroot\n\n— ledger.example/log signature\n',
};
const refusal = expect.objectContaining({ name: 'Rejected', code: 'invalid-evidence' });

describe('parsing of anchors and evidence', () => {
  it('reads what is well-formed', () => {
    expect(parseAnchorEntry(entry)).toEqual(entry);
    expect(parseAnchor(anchor)).toEqual(anchor);
    expect(parseLedgerEvidence(evidence)).toEqual(evidence);
  });

  it.each([undefined, null, 'text', 1, [], {}, { ledger: 'paper' }, { ledger: 'toString' }, { ledger: 1 }])(
    'refuses %j',
    (value) => {
      for (const parse of [parseAnchor, parseLedgerEvidence, parseAnchorEntry])
        expect(() => parse(value)).toThrow(refusal);
    },
  );

  it.each([
    ['entry', parseAnchorEntry, entry],
    ['anchor', parseAnchor, anchor],
    ['evidence', parseLedgerEvidence, evidence],
  ])('refuses an %s with a member missing, added, null or of another type', (_, parse, good) => {
    expect(() => parse({ ...good, more: 1 })).toThrow(refusal);
    for (const name of Object.keys(good)) {
      const without = Object.fromEntries(Object.entries(good).filter(([other]) => other !== name));
      expect(() => parse(without)).toThrow(refusal);
      expect(() => parse({ ...without, more: 1 })).toThrow(refusal);
      for (const wrong of [null, true, -1, 1.5, 'é\t', ['x'], {}])
        expect(() => parse({ ...good, [name]: wrong })).toThrow(refusal);
    }
  });

  it('refuses second spellings and what is longer than any log makes it', () => {
    const wrong = [
      { ...evidence, inclusionProof: [digest.toUpperCase()] },
      { ...evidence, inclusionProof: Array.from({ length: 54 }, () => digest) },
      { ...evidence, checkpoint: `${evidence.checkpoint}${'x'.repeat(512)}` },
      { ...evidence, index: -0 },
      { ...evidence, entry: { ...entry, more: 1 } },
    ];
    for (const one of wrong) expect(() => parseLedgerEvidence(one)).toThrow(refusal);
  });

  it('never repeats in an error what it was given', () => {
    const parse = () => parseAnchorEntry({ ...entry, batchId: 'EVERYWOMAN^EVE' });
    expect(parse).toThrow(refusal);
    expect(parse).not.toThrow(/EVERYWOMAN/);
  });

  it('spells an entry in one way, whatever the order of its members', () => {
    const { size, root, previousRoot } = entry;
    const text = Buffer.from(anchorEntryBytes(parseAnchorEntry({ size, root, previousRoot, batchId }))).toString();
    expect(text).toBe(`{"batchId":"${batchId}","previousRoot":"${previousRoot}","root":"${root}","size":3}`);
  });

  it('draws batch ids that it can read again and that differ', () => {
    const ids = Array.from({ length: 100 }, newBatchId);
    expect(ids.map(parseBatchId)).toEqual(ids);
    expect(new Set(ids).size).toBe(100);
  });
});
