import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import type { DetachedPart } from '@anamnesis/core';
import { stringifyFhir } from '../../../stringify-fhir.js';
import { mapMessage } from '../../map-message.js';
import { problemsOf } from '../../../fhir-validators.conformance.js';
import { assembled, contextOf, read } from '../../../test-context.js';

const folder = fileURLToPath(new URL('.', import.meta.url));
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.hl7'))
  .map((file) => file.slice(0, -4));

/** Values that are not in the message itself: `<name>.detached.json`, as the signed header of its event has them. */
function detachedOf(name: string): readonly DetachedPart[] {
  const file = `${folder}${name}.detached.json`;
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as readonly DetachedPart[]) : [];
}

/** What a mapping makes of one message: `<name>.expected.json`, written anew under UPDATE_GOLDEN=1 and then read by a person. */
function outcome(name: string) {
  const message = read(readFileSync(`${folder}${name}.hl7`), detachedOf(name));
  const events = mapMessage(message, contextOf(message));
  return events.map(({ resources: { statements, ...mapping }, ...event }) => ({
    ...event,
    ...mapping,
    statements: statements.map(({ slots, ...one }) => ({ ...one, slots: Object.keys(slots).sort() })),
    resources: assembled(statements),
  }));
}

describe('mapMessage on whole messages', () => {
  it.each(names)('maps %s as expected', (name) => {
    const found: unknown = JSON.parse(JSON.stringify(outcome(name)));
    const file = `${folder}${name}.expected.json`;
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, `${JSON.stringify(found, null, 2)}\n`);
    expect(found).toEqual(JSON.parse(readFileSync(file, 'utf8')));
  });

  it.each(names)('gives resources that two FHIR R4 validators accept: %s', (name) => {
    const resources = outcome(name).flatMap((event) => event.resources);
    expect(resources.flatMap((one) => problemsOf(JSON.parse(stringifyFhir(one))))).toEqual([]);
  });

  it.each(names)('maps %s the same way each time', (name) => {
    expect(outcome(name)).toEqual(outcome(name));
  });
});
