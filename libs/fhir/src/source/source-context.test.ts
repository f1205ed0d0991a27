import { describe, expect, it } from '@jest/globals';
import type { LocalCode, SourceFact } from '@anamnesis/core';
import { read } from '../test-context.js';
import { mapMessage } from '../v2/map-message.js';
import { sourceContext } from './source-context.js';

const deploymentKey = Buffer.alloc(32, 7);
const source: SourceFact = {
  ...{ kind: 'source', id: 'a'.repeat(16), facility: 'HYD', application: 'LIS', state: 'active', isOpen: false },
  ...{ addresses: [], authorityByNamespace: {}, messageTypes: [], processingIds: ['P'], acknowledgement: 'auto' },
  closesWhenUnavailable: false,
};

const message = (controlId: string, unit = 'mg/dL') =>
  read(
    [
      `MSH|^~\\&|LIS|HYD|||20260306091500+0500||ORU^R01^ORU_R01|${controlId}|P|2.5.1`,
      'PID|1||H-77^^^HYD^MR||TESTPATIENT^ONE',
      'OBR|1|P1|F1|GLU^Glucose^99LAB|||20260306|||||||||1234^SPECIMEN^SAMIRA^^^DR^^^HYD',
      `OBX|1|NM|GLU^Glucose^99LAB||182|${unit}|70-105|H|||F||||LAB^Main laboratory|5678^EXAMPLE^OMAR^^^DR^^^HYD`,
      '',
    ].join('\r'),
  );

function mapped(controlId: string, given: SourceFact, unit?: string) {
  const local: LocalCode[] = [];
  const receivedAt = '2026-03-06T05:00:00.000Z';
  const context = sourceContext({
    source: given,
    authorities: { authority: () => undefined },
    deploymentKey,
    receivedAt,
  });
  const events = mapMessage(message(controlId, unit), { ...context, onLocalCode: (code) => local.push(code) });
  return { events, local };
}

describe('what was read lately of a source', () => {
  it('is said again just as it was when it was new', () => {
    const known = { ...source };
    const first = mapped('C1', known);
    expect(mapped('C2', known)).toEqual(first);
    expect(mapped('C3', { ...source })).toEqual(first);
  });

  it('has its local codes reported with every message', () => {
    const known = { ...source };
    const names = ['C1', 'C2'].map((id) => mapped(id, known, 'flakes').local.map(({ code }) => code));
    expect(names[0]).toContain('GLU');
    expect(names[0]).toContain('flakes');
    expect(names[1]).toEqual(names[0]);
  });

  it('counts no longer when the code table of the source has changed', () => {
    const known = { ...source };
    mapped('C1', known);
    const to = { system: 'http://loinc.org', code: '2345-7' };
    const codes = { version: 1, rows: [{ system: 'urn:anamnesis:HYD:99LAB', code: 'GLU', to }] };
    const { events } = mapped('C2', { ...known, codes });
    expect(JSON.stringify(events)).toContain('"2345-7"');
  });
});
