import { describe, expect, it } from '@jest/globals';
import type { Corrections, SourceFact } from '@anamnesis/core';
import { readCorrections, sourceContext } from '@anamnesis/fhir';
import { parseMessage } from '@anamnesis/hl7v2';
import { differencesMax } from './compare-resources.js';
import { isVerdictChanged, previewMessage, withoutValues } from './preview-message.js';

const source: SourceFact = {
  ...{ kind: 'source', id: 'a', facility: 'NORTH', application: 'ADT', state: 'active', isOpen: false, addresses: [] },
  ...{ authorityByNamespace: {}, messageTypes: ['ADT^A08'], processingIds: ['P'], acknowledgement: 'auto' },
  closesWhenUnavailable: false,
};
const file = (text: string, version = 1): Corrections => ({ version, ...readCorrections(`corrections: 1\n${text}`) });
const head = (type = 'ADT^A08') => `MSH|^~\\&|ADT|NORTH|||20260309||${type}|C-1|P|2.5.1`;

function preview(draft: Corrections, segments: readonly string[], of: SourceFact = source) {
  const bytes = Buffer.from(segments.join('\r'));
  const context = sourceContext({
    ...{ source: of, authorities: { authority: () => undefined }, deploymentKey: new Uint8Array(32) },
    receivedAt: '2026-03-09T00:00:00.000Z',
  });
  return previewMessage(() => parseMessage(bytes), { source: of, context, draft });
}

describe('the preview of a message', () => {
  it('names fields and elements that come out otherwise, and no others', () => {
    const found = preview(file('rules: [{ copy: ZPD-1, to: PID-8 }]'), [
      head(),
      'PID|1||7^^^NORTH||DOE||1970|M',
      'ZPD|F',
    ]);
    expect(found).toMatchObject({
      fields: [{ location: 'PID-8', before: 'M', after: 'F' }],
      elements: [{ path: 'Patient.gender', before: 'male', after: 'female' }],
      rules: [{ rule: 'rule 1', location: 'PID-8' }],
    });
    expect(isVerdictChanged(found)).toBe(false);
  });

  it('says what a Z segment adds, of which no field changes', () => {
    const draft = file('zSegments: [{ from: ZPD-1, to: Patient.extension, as: string, url: "urn:example:z" }]');
    const found = preview(draft, [head(), 'PID|1||7^^^NORTH', 'ZPD|F']);
    expect(found.fields).toEqual([]);
    expect(found.elements).toEqual([
      { path: 'Patient.extension[0].url', after: 'urn:example:z' },
      { path: 'Patient.extension[0].valueString', after: 'F' },
    ]);
  });

  it('says that a message would be taken, or would be no longer', () => {
    const mended = preview(file('triggers: [{ trigger: ADT^Z01, means: ADT^A08 }]'), [head('ADT^Z01'), 'PID|1||7']);
    expect(mended).toMatchObject({ before: { answer: 'refused', condition: 201 }, after: { answer: 'accepted' } });
    const broken = preview(file('rules: [{ move: PID-3, to: PID-21 }]'), [head(), 'PID|1||7']);
    expect(broken).toMatchObject({
      before: { answer: 'accepted' },
      after: { answer: 'refused', condition: 101, reason: 'PID-3 is empty' },
    });
    expect([mended, broken].map(isVerdictChanged)).toEqual([true, true]);
  });

  it('compares with the file that is on', () => {
    const on = file('rules: [{ move: PID-4, to: PID-3 }]');
    const segments = [head(), 'PID|1|||7'];
    expect(preview(on, segments, { ...source, corrections: on })).toMatchObject({ fields: [], elements: [] });
    expect(preview(file('rules: []'), segments, { ...source, corrections: on }).fields).toEqual([
      { location: 'PID-3', before: '7', after: '' },
      { location: 'PID-4', before: '', after: '7' },
    ]);
  });

  it('follows a patient whose number, and hence id, is another one now', () => {
    const draft = file("rules: [{ pattern: PID-3, find: '^0+', replace: '' }]");
    const { elements } = preview(draft, [head(), 'PID|1||007^^^NORTH||DOE']);
    expect(elements.map(({ path }) => path)).toEqual(['Patient.id', 'Patient.identifier[0].value']);
    expect(elements[1]).toEqual({ path: 'Patient.identifier[0].value', before: '007', after: '7' });
  });

  it('shows an operator what values look like, and none of them', () => {
    const draft = file('rules: [{ copy: ZPD-1, to: PID-5 }]');
    const shown = withoutValues(preview(draft, [head(), 'PID|1||7^^^NORTH||SECRET^NAME', 'ZPD|OTHER^ONE']));
    expect(shown.fields).toEqual([{ location: 'PID-5', before: '10 letters, 1 sign', after: '8 letters, 1 sign' }]);
    expect(JSON.stringify(shown)).not.toMatch(/SECRET|NAME|OTHER|ONE/);
  });

  it('ends its list where more would say nothing new', () => {
    const allergies = Array.from({ length: 300 }, (_, n) => `AL1|${n + 1}|DA|A${n}^x^L`);
    const found = preview(file("rules: [{ pattern: AL1-3, find: '^A', replace: B }]"), [
      head(),
      'PID|1||7',
      ...allergies,
    ]);
    expect(found.elements).toHaveLength(differencesMax);
  });
});
