import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type LocalCode, resourceId, type StandardCoding, type Statement } from '@anamnesis/core';
import { mapMessage } from '@anamnesis/fhir';
import { type Message, parseMessage } from '@anamnesis/hl7v2';
import { differInCodes } from './differ-in-codes.js';

const golden = join(import.meta.dirname, '../../../../libs/fhir/src/v2/messages/golden');
const files = readdirSync(golden).filter((name) => name.endsWith('.hl7'));
const deploymentKey = new Uint8Array(32).fill(7);
const ucum = 'http://unitsofmeasure.org';
const readFrom = (file: string) => parseMessage(readFileSync(join(golden, file)));

interface Table {
  translate(system: string, code: string): readonly StandardCoding[];
  onLocalCode?(code: LocalCode): void;
}

function statementsOf(message: Message, table?: Table): readonly Statement[] {
  const facility = message.header.sendingFacility.namespaceId;
  const context = {
    ...{ facility, application: 'TEST', zone: 'UTC', receivedAt: '2026-03-09T00:00:00.000Z' },
    systemOf: ({ namespaceId }: { namespaceId: string }) => `urn:anamnesis:authority:${namespaceId || facility}`,
    resourceId: (type: string, system: string, key: string) => resourceId(deploymentKey, type, system, key),
    isOwnAuthority: () => true,
    ...table,
  };
  return mapMessage(message, context).flatMap(({ resources }) => resources.statements);
}

/** Gives every local code of the message a meaning. */
function explained(message: Message): { readonly statements: readonly Statement[]; readonly codes: number } {
  const codes = new Set<string>();
  statementsOf(message, { translate: () => [], onLocalCode: ({ system, code }) => codes.add(`${system} ${code}`) });
  const to = [
    { system: 'http://loinc.org', code: 'TEST-1' },
    { system: ucum, code: 'mg' },
  ];
  const translate = (system: string, code: string) => (codes.has(`${system} ${code}`) ? to : []);
  return { statements: statementsOf(message, { translate }), codes: codes.size };
}

describe('differInCodes', () => {
  it('finds nothing but codes changed in a golden message whose local codes a table explains', () => {
    let explainedCodes = 0;
    const others = files.filter((file) => {
      const message = readFrom(file);
      const { statements, codes } = explained(message);
      explainedCodes += codes;
      return !differInCodes(statementsOf(message), statements);
    });
    expect(others).toEqual([]);
    expect(explainedCodes).toBeGreaterThan(20);
  });

  const result = (more: object): readonly Statement[] => [
    {
      ...{ resourceType: 'Observation', id: 'a', statedAt: '2026-03-09T00:00:00.000Z', trigger: 'R01' },
      slots: { code: { coding: [{ system: 'urn:anamnesis:X:L', code: 'GLU' }] }, ...more },
    },
  ];

  it.each([
    ['a value', { 'value[x]': { valueString: 'a' } }, { 'value[x]': { valueString: 'b' } }],
    ['a time', { issued: '2026-03-09T08:00:00Z' }, { issued: '2026-03-09T03:00:00Z' }],
    ['a coding that was sent', {}, { code: { coding: [{ system: 'urn:anamnesis:X:L', code: 'HB' }] } }],
    ['a quantity', { v: { value: 1, unit: 'mg' } }, { v: { value: 2, unit: 'mg', system: ucum, code: 'mg' } }],
    ['one slot more', {}, { status: 'final' }],
  ])('sees %s', (_, before, again) => {
    expect(differInCodes(result(before), result(again))).toBe(false);
  });

  it.each([
    ['a unit', { v: { value: 1, unit: 'MG' } }, { v: { value: 1, unit: 'MG', system: ucum, code: 'mg' } }],
    [
      'an element that is a coding',
      { class: { system: 'urn:a', code: 'X' } },
      { class: { system: 'urn:b', code: 'Y' } },
    ],
  ])('does not mind the code of %s', (_, before, again) => {
    expect(differInCodes(result(before), result(again))).toBe(true);
  });
});
