import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { EventId, Json } from '@anamnesis/core';
import { indexEntries } from './index-entries.js';

function indexed(resourceType: string, slots: Readonly<Record<string, Json>>) {
  const last = { statedAt: '', receivedAt: '', eventId: 'e' as EventId };
  return indexEntries({ resourceType, id: 'one', slots, sources: {}, last });
}

describe('the digest of what a resource is found by', () => {
  // It is stored: another text for the same entries would make every stored row look altered.
  it.each([
    ['text that JSON escapes', 'Patient', { name: [{ family: 'Å "q" \\ \n \u2028 \ud800', given: ['a', 'a'] }] }],
    ['dates', 'Patient', { birthDate: '1962' }],
    ['quantities', 'Observation', { valueQuantity: { value: { $decimal: '1.50e-9' }, unit: 'mg/dL' } }],
    ['nothing', 'Patient', {}],
  ])('is that of the entries as JSON: %s', (_what, resourceType, slots) => {
    const { rows, indexDigest } = indexed(resourceType, slots);
    const entries = rows.map(({ param, system, value, until, amount }) => ({ param, system, value, until, amount }));
    const digest = createHash('sha256').update(JSON.stringify(entries)).digest('hex');
    expect(indexDigest).toBe(digest.slice(0, 32));
  });
});
