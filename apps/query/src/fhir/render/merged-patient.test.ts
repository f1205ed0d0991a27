import { describe, expect, it } from '@jest/globals';
import type { EventId, Json, RecordKey } from '@anamnesis/core';
import type { MergedPart, MergedVersion } from '../../history/history-types.js';
import { renderMerged } from './merged-patient.js';

const at = '2026-03-01T00:00:00.000Z';

function part(name: string, ordinal: number, more: Readonly<Record<string, Json>>): MergedPart {
  const slots: Readonly<Record<string, Json>> = { name: [{ family: name }], ...more };
  const origin = { eventId: 'e' as EventId, statedAt: at, receivedAt: at };
  const recordKey = `key-${name}` as RecordKey;
  return {
    record: { recordKey, patientId: name, system: 'urn:test', value: name, facility: 'T', ordinal },
    isAliased: false,
    source: {
      resourceType: 'Patient',
      id: name,
      versionId: 1,
      recordKey,
      eventId: 'e' as EventId,
      lastUpdated: at,
      isStale: false,
      integrity: 'intact',
      state: {
        resourceType: 'Patient',
        id: name,
        slots,
        sources: Object.fromEntries(Object.keys(slots).map((slot) => [slot, origin])),
        last: { statedAt: at, receivedAt: at, eventId: 'e' as EventId },
      },
    },
  };
}

const merged = (...parts: readonly MergedPart[]): MergedVersion => ({
  personId: 'p',
  version: 1,
  lastUpdated: at,
  cause: {},
  parts,
  edges: [],
});

describe('the merged view of a person', () => {
  it('takes nothing from a record that its facility withdrew, while another one stands', () => {
    const { resource } = renderMerged(merged(part('withdrawn', 1, { active: false }), part('standing', 2, {})));
    expect(resource).toMatchObject({ name: [{ family: 'standing' }] });
    expect(resource).not.toHaveProperty('active');
  });

  it('is itself not active when every record is withdrawn', () => {
    expect(renderMerged(merged(part('withdrawn', 1, { active: false }))).resource).toMatchObject({
      active: false,
      name: [{ family: 'withdrawn' }],
    });
  });
});
