import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DeliveredRecord } from '@anamnesis/bus';
import { QuerySettings } from '../config.js';
import { certifiedOf } from '../testing/chart-builder.js';
import { QueryBench } from '../testing/query-bench.js';
import { databases } from '../../../../test/databases.js';
import { MessageCursor, type MessagePosition } from './message-cursor.js';
import { MessageList, type MessageQuestion } from './message-list.js';
import { QuietSources } from './quiet-sources.js';

const one = { system: 'urn:test:hospital', value: 'TEST-1' };
const two = { system: 'urn:test:clinic', value: 'TEST-1' };

describe.each(databases)('messages on $name', ({ fresh }) => {
  let bench: QueryBench;
  let list: MessageList;

  beforeEach(async () => {
    bench = await QueryBench.open(fresh);
    list = new MessageList(bench.store, bench.keys);
  });
  afterEach(() => bench.close());

  const controlIds = async (question: MessageQuestion) =>
    (await list.page(question, 100)).messages.map(({ controlId }) => controlId);
  const refusal = (id: string, minute: number): DeliveredRecord => ({
    topic: 'intake.refused',
    partition: 0,
    offset: 1,
    appendedAt: new Date(),
    key: 'source',
    header: {
      id,
      facility: 'TEST-HOSPITAL',
      application: 'TEST-ADT',
      controlId: id,
      messageType: 'ADT^A01',
      receivedAt: bench.build.at(minute),
      answer: 'AE',
      condition: 101,
      location: 'PID^1^3',
      reason: 'required field missing',
      sizeBytes: 10,
    },
    body: new Uint8Array(0),
  });

  it('tells what became of each message, newest first, one row per event', async () => {
    const { build } = bench;
    const [first, second, third] = [1, 2, 3].map((minute) =>
      build.certified({ subject: one, minute, controlId: `C${minute}` }),
    );
    if (first === undefined || second === undefined || third === undefined) throw new Error('three events');
    await bench.deliver(first, second, first, build.anchored('batch-1', [first]));
    await bench.deliver(build.refused(third, { code: 'type-not-permitted', reason: 'ADT^A08 is not permitted' }));
    await bench.deliver(refusal('R1', 0));
    const { messages } = await list.page({}, 100);
    const common = { facility: 'TEST-HOSPITAL', application: 'TEST-ADT', messageType: 'ADT^A08^ADT_A01' };
    const row = (record: DeliveredRecord, minute: number, more: object) => ({
      ...common,
      eventId: certifiedOf(record).event.id,
      controlId: `C${minute}`,
      receivedAt: build.at(minute),
      ...more,
    });
    expect(messages).toEqual([
      row(third, 3, { state: 'refused', reason: 'ADT^A08 is not permitted' }),
      row(second, 2, { state: 'certified' }),
      row(first, 1, { state: 'anchored' }),
      {
        ...common,
        eventId: null,
        messageType: 'ADT^A01',
        controlId: 'R1',
        receivedAt: build.at(0),
        state: 'refused',
        reason: 'PID^1^3: required field missing',
      },
    ]);
  });

  it('finds by identifier under any system or one, certified or refused, and by the numbers a patient carries', async () => {
    const { build } = bench;
    const national = [{ system: 'urn:test:national', value: 'N-1' }];
    await bench.deliver(
      build.certified({ subject: one, minute: 1, controlId: 'C1', patient: { identifier: national } }),
      build.certified({ subject: two, minute: 2, controlId: 'C2' }),
      build.refused(build.certified({ subject: two, minute: 3, controlId: 'C3' }), {
        code: 'bad-signature',
        reason: 'x',
      }),
      build.certified({ minute: 4, controlId: 'C4' }),
    );
    expect(await controlIds({ identifier: 'TEST-1' })).toEqual(['C3', 'C2', 'C1']);
    expect(await controlIds({ identifier: `${one.system}|TEST-1` })).toEqual(['C1']);
    expect(await controlIds({ identifier: `${two.system}|TEST-1`, state: 'refused' })).toEqual(['C3']);
    expect(await controlIds({ identifier: 'N-1' })).toEqual(['C1']);
    expect(await controlIds({ identifier: 'TEST' })).toEqual([]);
  });

  it('says which text of a message is missing or in doubt, and where', async () => {
    const reading = ['PID^1^5: undecodable', 'PID^1^11: zawgyi', 'charset-guessed'];
    const warnings = ['PID-8 does not map', 'undecodable bytes at PID-5', 'PID^1: line-joined', ...reading];
    const many = Array.from({ length: 50 }, (_, at) => `OBX^${at + 1}^5: undecodable`);
    await bench.deliver(
      bench.build.certified({ subject: one, minute: 1, controlId: 'PLAIN', warnings: warnings.slice(0, 3) }),
      bench.build.certified({ subject: one, minute: 2, controlId: 'FLAGGED', warnings }),
      bench.build.certified({ subject: one, minute: 3, controlId: 'MANY', warnings: many }),
    );
    const { messages } = await list.page({}, 100);
    expect(messages.map(({ controlId, flags }) => [controlId, flags])).toEqual([
      ['MANY', many.slice(0, messages[0]?.flags?.length)],
      ['FLAGGED', reading],
      ['PLAIN', undefined],
    ]);
    expect(messages[0]?.flags?.length).toBeGreaterThan(15);
  });

  it('finds by control id, facility, application, state and time', async () => {
    const { build } = bench;
    await bench.deliver(
      build.certified({ subject: one, minute: 1, controlId: 'SAME', facility: 'A' }),
      build.certified({ subject: one, minute: 2, controlId: 'SAME', facility: 'B' }),
    );
    expect(await controlIds({ controlId: 'SAME' })).toHaveLength(2);
    expect(await controlIds({ controlId: 'SAME', facility: 'B', application: 'TEST-ADT' })).toHaveLength(1);
    expect(await controlIds({ state: 'anchored' })).toEqual([]);
    expect(await controlIds({ since: build.at(2), until: '2024-03-01' })).toHaveLength(1);
    expect(await controlIds({ until: build.at(1) })).toHaveLength(1);
    await expect(controlIds({ since: 'yesterday' })).rejects.toMatchObject({ code: 'invalid-request' });
  });

  it('neither skips nor repeats a message while others arrive between two pages', async () => {
    for (let minute = 0; minute < 7; minute++)
      await bench.deliver(bench.build.certified({ subject: one, minute, controlId: `C${minute}` }));
    const seen: string[] = [];
    let after: MessagePosition | undefined;
    do {
      const { messages, next } = await list.page({ facility: 'TEST-HOSPITAL' }, 2, after);
      seen.push(...messages.map(({ controlId }) => controlId));
      after = next;
      await bench.deliver(bench.build.certified({ subject: one, minute: 60 + seen.length }));
    } while (after !== undefined);
    expect(seen).toEqual(['C6', 'C5', 'C4', 'C3', 'C2', 'C1', 'C0']);
  });

  it('takes a cursor only for the question that it continues', () => {
    const cursor = new MessageCursor(new Uint8Array(32).fill(1));
    const position = { receivedAt: bench.build.at(1), id: 'x' };
    const text = cursor.write(position, { facility: 'A' });
    expect(cursor.read(text, { facility: 'A' })).toEqual(position);
    expect(() => cursor.read(text, { facility: 'B' })).toThrow('_cursor');
    expect(() => cursor.read(`${text.slice(0, -2)}AA`, { facility: 'A' })).toThrow('_cursor');
    expect(() => new MessageCursor(new Uint8Array(32)).read(text, { facility: 'A' })).toThrow('_cursor');
  });

  it('names active sources that nothing was heard of for too long', async () => {
    const settings = Object.assign(new QuerySettings(), { QUIET_AFTER_MINUTES: 30 });
    const sources = new QuietSources(bench.store, settings);
    const source = (facility: string, state: 'active' | 'suspended') => {
      sources.take({ kind: 'source', id: facility, facility, application: 'TEST-ADT', state } as never);
    };
    source('A', 'active');
    source('B', 'active');
    source('C', 'suspended');
    await bench.deliver(bench.build.certified({ facility: 'A', minute: 0 }));
    const heard = async (minute: number) =>
      (await sources.read(new Date(bench.build.at(minute)))).map(({ facility, isQuiet }) => [facility, isQuiet]);
    expect(await heard(29)).toEqual([
      ['A', false],
      ['B', true],
    ]);
    expect(await heard(31)).toEqual([
      ['A', true],
      ['B', true],
    ]);
  });
});
