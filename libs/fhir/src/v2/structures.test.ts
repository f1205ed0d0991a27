import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { structureOf } from '@anamnesis/hl7v2';
import { contextOf, message } from '../test-context.js';
import { mapMessage } from './map-message.js';
import { structures } from './structures.js';

const row = /^\| ([A-Z]{3}_[A-Z]{1,2}\d{1,2}) \| (\d+) \| ([A-Z]{1,2}\d{1,2}) \| `([a-z.]+)` \|/gm;

/** `ADT_A01 1 A08 patient.updated`, as docs/messages.md says it. */
function documented(): readonly string[] {
  const text = readFileSync(new URL('../../../../docs/messages.md', import.meta.url), 'utf8');
  return [...text.matchAll(row)].map((found) => found.slice(1).join(' '));
}

/** The same of every trigger of table 0354 that a mapping answers. */
function mapped(): readonly string[] {
  const codes = new Set([...structures.keys()].map((name) => name.slice(0, 3)));
  return [...codes].flatMap((code) => triggers().flatMap((trigger) => answered(code, trigger)));
}

function triggers(): readonly string[] {
  const letters = Array.from({ length: 26 }, (_, at) => String.fromCharCode(65 + at));
  const plain = letters.flatMap((letter) =>
    Array.from({ length: 100 }, (_, at) => letter + String(at).padStart(2, '0')),
  );
  // Patient care: PC1 to PC9.
  return [...plain, ...Array.from({ length: 9 }, (_, at) => `PC${at + 1}`)];
}

function answered(code: string, trigger: string): readonly string[] {
  const structure = structureOf(code, trigger);
  if (structure === undefined) return [];
  const header = `MSH|^~\\&|PAS|MPK|||20260301090000||${code}^${trigger}|1|P|2.5.1`;
  const one = message(
    header,
    'PID|1||1^^^MPK^MR',
    'MRG|2^^^MPK^MR',
    'PV1|1|I|||||||||||||||||V-1',
    'OBR|1|1|1|A',
    'RF1|A',
  );
  return mapMessage(one, contextOf(one)).flatMap(({ type, resources: { name, version } }) =>
    name === 'unmapped' ? [] : [`${name} ${version} ${trigger} ${type}`],
  );
}

describe('the structures with a mapping', () => {
  it('are in docs/messages.md, each trigger with its version and event, and nothing else is', () => {
    expect(documented()).not.toEqual([]);
    expect([...documented()].sort()).toEqual([...mapped()].sort());
    expect(new Set(documented().map((one) => one.split(' ')[0]))).toEqual(new Set(structures.keys()));
  });
});
