import { describe, expect, it } from '@jest/globals';
import type { CorrectionRule, Corrections, TriggerCorrection } from '@anamnesis/core';
import fc from 'fast-check';
import { MessageError } from '../message/message-error.js';
import type { Message } from '../message/message.js';
import { parseMessage } from '../message/parse-message.js';
import { samples } from '../sample-messages.js';
import { compareMessages } from './compare-messages.js';
import { correct } from './correct.js';

const file = (rules: readonly CorrectionRule[], triggers: readonly TriggerCorrection[] = []): Corrections => ({
  ...{ version: 1, digest: '00', rules, triggers, zSegments: [] },
});
const read = (...segments: readonly string[]): Message => parseMessage(Buffer.from(segments.join('\r'), 'latin1'));
const msh = 'MSH|^~\\&|PAS|MPK|||20260309||ADT^A08|C-1|P|2.5.1';
/** The segments after the MSH, as corrected. */
const after = (rules: readonly CorrectionRule[], ...segments: readonly string[]) =>
  correct(read(msh, ...segments), file(rules))
    .message.segments.slice(1)
    .map((one) => Buffer.from(one.bytes).toString('latin1'));

describe('corrections', () => {
  it('move and copy a field, a repetition, a component or a subcomponent', () => {
    expect(after([{ move: 'PID-4', to: 'PID-3' }], 'PID|1|||4711^^^A~9|DOE')).toEqual(['PID|1||4711^^^A~9||DOE']);
    expect(after([{ copy: 'PID-3[2]', to: 'PID-2' }], 'PID|1||1^^^A~2^^^B')).toEqual(['PID|1|2^^^B|1^^^A~2^^^B']);
    expect(after([{ copy: 'PID-3.1', to: 'PID-18' }], 'PID|1||1^^^A')).toEqual(['PID|1||1^^^A|||||||||||||||1']);
    expect(after([{ move: 'ZPD-1', to: 'PID-3.1' }], 'PID|1||^^^A', 'ZPD|7^8~9')).toEqual(['PID|1||7^^^A', 'ZPD|^8~9']);
    expect(after([{ move: 'PV1-3.4.2', to: 'PV1-3.1' }], 'PV1|1|I|^^^N&W')).toEqual(['PV1|1|I|W^^^N&']);
    expect(after([{ move: 'PID-4', to: 'PID-3' }], 'PID|1||1|^~&')).toEqual(['PID|1||1|^~&']);
  });

  it('leave a document that was taken out in its place, unless its own field is changed', () => {
    const [before, behind] = [`${msh}\n\nPID|1||1|9\nOBX|1|ED|R||^AP^PDF^Base64^`, '||||||F\nOBX|2|TX|N||text'];
    const detached = [{ at: before.length }];
    const message = parseMessage(Buffer.from(before + behind), { detached });
    const documents = (rules: readonly CorrectionRule[]) =>
      correct(message, file(rules))
        .message.all('OBX')
        .map((obx) => obx.field(5).repetitions[0]?.component(5).detached !== undefined);
    expect(documents([])).toEqual([true, false]);
    expect(documents([{ move: 'PID-4', to: 'PID-18' }])).toEqual([true, false]);
    expect(documents([{ default: 'OBX-4', value: 'a long one' }])).toEqual([true, false]);
    expect(documents([{ copy: 'OBX-3', to: 'OBX-5.1' }])).toEqual([false, false]);
  });

  it('take from another segment of the same patient, and from none where there are several', () => {
    const rules = [{ copy: 'ZPD-2', to: 'PID-8' }];
    expect(after(rules, 'PID|1', 'ZPD|1|F', 'PID|2', 'ZPD|2|M', 'PID|3')).toEqual([
      ...['PID|1|||||||F', 'ZPD|1|F', 'PID|2|||||||M', 'ZPD|2|M', 'PID|3'],
    ]);
    expect(after([{ copy: 'EVN-2', to: 'PID-33' }], 'EVN||2026', 'PID|1')[1]).toBe(`PID|1${'|'.repeat(32)}2026`);
    const { message, corrections } = correct(read(msh, 'PID|1', 'ZPD|1|F', 'ZPD|2|M'), file(rules));
    expect(Buffer.from(message.segments[1]?.bytes ?? []).toString()).toBe('PID|1');
    expect(corrections).toEqual([
      { rule: 'rule 1', location: 'PID-8', problem: expect.stringContaining('several ZPD') },
    ]);
  });

  it('fill what is empty, a part of a field only where the rest says something', () => {
    const rules = [{ default: 'PID-3[*].4', value: 'M&K' }];
    expect(after(rules, 'PID|1||1~2^^^B~')).toEqual(['PID|1||1^^^M\\T\\K~2^^^B~']);
    expect(after(rules, 'PID|1||')).toEqual(['PID|1||']);
    expect(after([{ default: 'PV1-2', value: 'I' }], 'PV1|1', 'PV1|2|O')).toEqual(['PV1|1|I', 'PV1|2|O']);
  });

  it('replace by a pattern, in one value or in every repetition, escapes kept', () => {
    const rule = { find: '^MR0*(\\d+)$', replace: '$1' };
    expect(after([{ pattern: 'PID-3[*].1', ...rule }], 'PID|1||MR007~X~MR0012^^^A')).toEqual(['PID|1||7~X~12^^^A']);
    expect(after([{ pattern: 'PID-3', ...rule }], 'PID|1||MR007~MR008')).toEqual(['PID|1||7~MR008']);
    expect(after([{ pattern: 'NTE-3', find: '5$', replace: 'a|b$$$0' }], 'NTE|1||x\\T\\5')).toEqual([
      'NTE|1||x\\T\\a\\F\\b$5',
    ]);
    expect(after([{ pattern: 'NTE-3', find: 'b', replace: 'c' }], 'NTE|1||\\H\\a\\N\\b')).toEqual([
      'NTE|1||\\H\\a\\N\\b',
    ]);
  });

  it('hold where their condition does, in the segment that they are at', () => {
    const here = { copy: 'OBX-4', to: 'OBX-3', when: { path: 'OBX-3', equals: 'X' } };
    expect(after([here], 'OBX|1||X|A', 'OBX|2||Y|B')).toEqual(['OBX|1||A|A', 'OBX|2||Y|B']);
    const fill = (type: string) => after([{ default: 'PV1-2', value: 'I', when: { type } }], 'PV1|1')[0];
    expect([fill('ADT^A08'), fill('ADT^*'), fill('ADT^A01'), fill('ORU^*')]).toEqual([
      'PV1|1|I',
      'PV1|1|I',
      'PV1|1',
      'PV1|1',
    ]);
    const empty = { move: 'PID-4', to: 'PID-3', when: { path: 'PID-3', equals: '' } };
    expect(after([empty], 'PID|1||1|2')).toEqual(['PID|1||1|2']);
    expect(after([empty], 'PID|1|||2')).toEqual(['PID|1||2|']);
  });

  it('read a trigger of the sender as what it means, before every rule', () => {
    const local = read('MSH|^~\\&|PAS|MPK|||20260309||ADT^Z01^ADT_Z01|C-1|P|2.5.1', 'PV1|1');
    const { message, corrections } = correct(
      local,
      file([{ default: 'PV1-2', value: 'I', when: { type: 'ADT^A08' } }], [{ trigger: 'ADT^Z01', means: 'ADT^A08' }]),
    );
    expect(message.header).toMatchObject({ triggerEvent: 'A08', structure: 'ADT_A01', controlId: 'C-1' });
    expect(corrections.map(({ rule, location }) => `${rule} ${location}`)).toEqual(['trigger 1 MSH-9', 'rule 1 PV1-2']);
    expect(local.header.triggerEvent).toBe('Z01');
  });

  it('leave every segment alone that they do not touch, and the bytes that came', () => {
    const bytes = Buffer.from(`${msh}\rPID|1|||7\rZZ1|\xff\xfe|||\r`, 'latin1');
    const copy = Buffer.from(bytes);
    const before = parseMessage(bytes);
    const { message } = correct(before, file([{ move: 'PID-4', to: 'PID-3' }]));
    expect(bytes).toEqual(copy);
    expect([0, 2].map((at) => message.segments[at]?.bytes)).toEqual([0, 2].map((at) => before.segments[at]?.bytes));
    expect(compareMessages(before, message)).toEqual([
      { location: 'PID-3', before: '', after: '7' },
      { location: 'PID-4', before: '7', after: '' },
    ]);
  });

  it('say where the character set of the message lacks what they would write', () => {
    const { message, corrections } = correct(read(msh, 'PV1|1'), file([{ default: 'PV1-2', value: '\u4e00' }]));
    expect(message.segments[1]?.field(2).text()).toBe('');
    expect(corrections).toEqual([
      { rule: 'rule 1', location: 'PV1-2', problem: expect.stringContaining('character set') },
    ]);
  });

  it('change nothing where there are none', () => {
    for (const sample of samples) {
      const message = parseMessage(Buffer.from(sample));
      expect(correct(message, file([])).message).toBe(message);
    }
  });

  it('meet damage with a message of the same segments, and change nothing when applied again', () => {
    const place = fc.constantFrom('PID-3', 'PID-3[2].1', 'PID-5.1.2', 'OBX-5', 'ZZZ-1', 'PV1-3.4', 'NTE-3', 'MSH-7');
    const rule = fc.oneof(
      fc
        .tuple(place, place)
        .map(([from, to]): CorrectionRule => ({ copy: from.replace(/[[.].*$/, ''), to: to.replace(/[[.].*$/, '') })),
      fc
        .tuple(place, fc.string({ maxLength: 4 }))
        .map(([path, value]): CorrectionRule => ({ default: path, value: `${value}x` })),
      place.map((path): CorrectionRule => ({ pattern: path, find: '^(\\d+)', replace: 'n-$1' })),
    );
    const damage = fc.array(fc.tuple(fc.nat({ max: 300 }), fc.nat({ max: 255 })), { maxLength: 8 });
    fc.assert(
      fc.property(fc.constantFrom(...samples), damage, rule, (sample, hits, one) => {
        const bytes = Buffer.from(sample);
        for (const [at, byte] of hits) bytes[at % bytes.length] = byte;
        const message = readOr(bytes);
        if (message === undefined) return;
        const corrected = correct(message, file([one]));
        expect(corrected.message.segments.map(({ name }) => name)).toEqual(message.segments.map(({ name }) => name));
        expect(correct(corrected.message, file([one])).message).toBe(corrected.message);
      }),
      { numRuns: 1000 },
    );
  });
});

function readOr(bytes: Uint8Array): Message | undefined {
  try {
    return parseMessage(bytes);
  } catch (error) {
    if (error instanceof MessageError) return undefined;
    throw error;
  }
}
