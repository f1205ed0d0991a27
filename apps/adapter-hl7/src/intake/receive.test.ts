import { X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sourceRecordKey, Unavailable } from '@anamnesis/core';
import { isSigned } from '../../test/is-signed.js';
import { messageOf, type Said } from '../../test/messages.js';
import { sourceOf } from '../../test/registration-double.js';
import { deploymentKey, RunningAdapter } from '../../test/running-adapter.js';
import { msa } from '../../test/sender.js';
import { until } from '../../test/until.js';
import { digestOf } from './compose-events.js';

const hyd = { facility: 'HYD', application: 'REG' };
let adapter: RunningAdapter;

beforeEach(async () => {
  adapter = await RunningAdapter.start({ CONTACT_RETRY_MS: '0' });
});
afterEach(() => adapter.dispose());

const ask = async (said: Said = {}) => (await adapter.connect()).ask(messageOf(said));
const issuedKey = () => new X509Certificate(adapter.registration.issued.at(-1)?.certificate ?? '').publicKey;
const withByte = (text: string) => Buffer.from(Buffer.from(text).map((byte) => (byte === 0x23 ? 0xff : byte)));

describe('a good message', () => {
  it('is on the bus, signed, with its bytes, before it is answered AA (A1)', async () => {
    const answer = await ask();
    const [record] = adapter.bus.published.flatMap(({ topic, records }) =>
      topic === 'clinical.received' ? records : [],
    );
    expect(msa(answer)).toEqual({ code: 'AA', controlId: 'C1' });
    expect(record).toBeDefined();
    const [event] = await adapter.events();
    const [stored] = await adapter.records('clinical.received');
    expect(Buffer.from(stored?.body ?? []).toString()).toBe(messageOf());
    expect(event).toMatchObject({
      source: {
        ...hyd,
        messageId: 'C1',
        messageType: 'ADT^A08^ADT_A01',
        authentication: 'none',
        protocol: 'hl7v2-mllp',
      },
      subject: { system: 'urn:anamnesis:authority:HYD', value: 'H-77' },
      ordinal: 0,
      raw: { mediaType: 'application/hl7-v2', digest: digestOf(Buffer.from(messageOf())).toString('hex') },
    });
    if (event === undefined) throw new Error('no event');
    expect(event.signature.certificateSerial).toBe(adapter.registration.issued[0]?.serial);
    expect(isSigned(event, issuedKey())).toBe(true);
  });

  it('of a patient has the same key from every sender, and shows nothing of the number', async () => {
    await ask();
    await ask({ sender: 'LIS|LABHYD' });
    const [first, second] = await adapter.records('clinical.received');
    expect(first?.key).toBe(second?.key);
    expect(first?.key).toMatch(/^[a-z2-7]{32}$/);
  });

  it('without a patient has the key of its source', async () => {
    await ask({ type: 'ZZZ^Z01', pid: null });
    const [record] = await adapter.records('clinical.received');
    expect(record?.key).toBe(sourceRecordKey(deploymentKey, 'HYD', 'REG'));
    expect((await adapter.events())[0]).toMatchObject({ type: 'message.unmapped' });
  });

  it('keeps the order of its connection into the bus, over batches (D5)', async () => {
    const sender = await adapter.connect();
    const ids = Array.from({ length: 200 }, (_, n) => `N${n}`);
    sender.send(...ids.map((controlId) => messageOf({ controlId })));
    expect((await sender.answered(200)).map(msa)).toEqual(ids.map((controlId) => ({ code: 'AA', controlId })));
    const events = await adapter.events();
    expect(events.map(({ source }) => source.messageId)).toEqual(ids);
    expect(events.every((event) => isSigned(event, issuedKey()))).toBe(true);
    expect(new Set(events.map(({ signature }) => signature.value)).size).toBeLessThan(100);
    expect(adapter.bus.published.length).toBeLessThan(200);
  });

  it('is taken with MSH-4 empty: the facility is MSH-3', async () => {
    expect(msa(await ask({ sender: 'REG|' })).code).toBe('AA');
    expect(msa(await ask({ sender: '|HYD', controlId: 'C2' })).code).toBe('AA');
    expect((await adapter.events()).map(({ source }) => source)).toMatchObject([
      { facility: 'REG', application: 'REG' },
      { facility: 'HYD', application: '' },
    ]);
  });

  it('is taken with an empty MSH-11 in the sandbox, with a warning', async () => {
    expect(msa(await ask({ processingId: '' })).code).toBe('AA');
    expect((await adapter.events())[0]?.resources.warnings).toContain('MSH-11 is empty: taken as P');
  });

  it('keeps undecodable bytes outside of the identifier and flags them (C5)', async () => {
    const text = messageOf({ charset: 'UNICODE UTF-8', pid: 'PID|1||H-77^^^HYD^MR||EV#ERYWOMAN^EVE' });
    expect(msa(await (await adapter.connect()).ask(withByte(text))).code).toBe('AA');
    const [record] = await adapter.records('clinical.received');
    expect(Buffer.from(record?.body ?? [])).toEqual(withByte(text));
    expect((await adapter.events())[0]?.resources.warnings.join()).toContain('PID');
    expect(await adapter.metric('mllp_undecodable_fields_total')).toBe(1);
  });

  it('is taken though its source is set to a character set that nobody knows', async () => {
    adapter.registration.template = { charset: 'KLINGON' };
    const text = messageOf({ pid: 'PID|1||H-77^^^HYD^MR||EV#ERYWOMAN^EVE' });
    expect(msa(await (await adapter.connect()).ask(withByte(text))).code).toBe('AA');
    expect((await adapter.events())[0]?.resources.warnings).toContain('PID^1^5: undecodable');
  });

  it('is read in the set of its source where the source is set to force it (C4)', async () => {
    adapter.registration.template = { charset: 'windows-1256', charsetPolicy: 'force' };
    const text = messageOf({ charset: '8859/1', pid: 'PID|1||H-77^^^HYD^MR||#^EVE' });
    const [before = '', after = ''] = text.split('#');
    const bytes = Buffer.concat([Buffer.from(before), Buffer.from([0xe3, 0xcd, 0xe3, 0xcf]), Buffer.from(after)]);
    expect(msa(await (await adapter.connect()).ask(bytes)).code).toBe('AA');
    const [event] = await adapter.events();
    expect(event).toMatchObject({
      raw: { charset: 'windows-1256' },
      identity: { familyName: '\u0645\u062D\u0645\u062F' },
    });
    expect(event?.resources.warnings.join()).not.toMatch(/charset|undecodable|mojibake|control/);
  });

  it('of plain ASCII that switches to another set is flagged where the bytes mean nothing in it', async () => {
    expect(msa(await ask({ pid: 'PID|1||H-77^^^HYD^MR||\\M2442\\F\\C2842\\^EVE' })).code).toBe('AA');
    expect((await adapter.events())[0]?.resources.warnings).toContain('PID^1^5: undecodable');
  });

  it('with a name in Zawgyi, which is valid UTF-8, is flagged by place', async () => {
    const name = '\u1031\u1021\u102C\u1004\u1039\u1031\u1000\u103A\u102C\u1039';
    expect(msa(await ask({ charset: 'UNICODE UTF-8', pid: `PID|1||H-77^^^HYD^MR||${name}^EVE` })).code).toBe('AA');
    const [event] = await adapter.events();
    expect(event?.resources.warnings).toContain('PID^1^5: zawgyi');
    expect(event?.identity?.familyName).toBe(name);
  });

  it('spelled carelessly in MSH-9 is mapped as what is meant, with a warning', async () => {
    expect(msa(await ask({ type: 'adt^a08 ' })).code).toBe('AA');
    const [event] = await adapter.events();
    expect(event).toMatchObject({ type: 'patient.updated', source: { messageType: 'ADT^A08^ADT_A01' } });
    expect(event?.resources.warnings).toContain('MSH^1^9: message-type-spelling');
  });

  it('is answered in a whole block though its control id ends like one', async () => {
    const sender = await adapter.connect();
    expect(msa(await sender.ask(messageOf({ controlId: 'C\u001c' }))).code).toBe('AA');
    expect(msa(await sender.ask(messageOf({ controlId: 'C2' })))).toEqual({ code: 'AA', controlId: 'C2' });
  });

  it('keeps NUL bytes as they are', async () => {
    const text = messageOf({ pid: 'PID|1||H-77^^^HYD^MR||EVERY\u0000WOMAN^EVE' });
    expect(msa(await (await adapter.connect()).ask(text)).code).toBe('AA');
    expect(Buffer.from((await adapter.records('clinical.received'))[0]?.body ?? []).toString()).toBe(text);
  });
});

describe('a refused message', () => {
  it.each<[string, Said, string]>([
    ['an unsupported version', { version: '3.0' }, 'AR 203'],
    ['a processing id nobody knows', { processingId: 'X' }, 'AR 202'],
    ['no control id', { controlId: '' }, 'AE 101'],
    ['no PID', { pid: null }, 'AE 100'],
    ['no PID-3', { pid: 'PID|1||||EVERYWOMAN^EVE' }, 'AE 101'],
    ['a merge without MRG', { type: 'ADT^A40^ADT_A39' }, 'AE 100'],
    ['a merge of nothing', { type: 'ADT^A40^ADT_A39', more: ['MRG|'] }, 'AE 101'],
    ['no sender at all', { sender: '|' }, 'AR 207'],
  ])('with %s', async (_, said, expected) => {
    const [code = '', condition = ''] = expected.split(' ');
    const answer = await ask(said);
    expect(msa(answer)).toEqual({ code, controlId: said.controlId ?? 'C1' });
    expect(answer).toMatch(new RegExp(`\\rERR\\|[^\\r]*${condition}`));
    expect(answer).not.toContain('H-77');
    expect(await adapter.refusals()).toMatchObject([
      { answer: code, condition: Number(condition), controlId: said.controlId ?? 'C1' },
    ]);
    expect(await adapter.events()).toEqual([]);
    expect(await adapter.metric('mllp_messages_total', { answer: code, condition })).toBe(1);
  });

  it('with undecodable bytes in the identifier (AE 102) names the field and no value', async () => {
    const text = messageOf({ charset: 'UNICODE UTF-8', pid: 'PID|1||H-#77^^^HYD^MR||EVERYWOMAN^EVE' });
    const answer = await (await adapter.connect()).ask(withByte(text));
    expect(msa(answer).code).toBe('AE');
    expect(answer).toContain('PID^1^3');
    expect(await adapter.refusals()).toMatchObject([{ condition: 102, location: 'PID^1^3', facility: 'HYD' }]);
  });

  it('is told the place by name, repetition and component, the rule and the shape of the value, but no value', async () => {
    const number = `${'Q'.repeat(20)}${'7'.repeat(180)}`;
    const answer = await ask({ pid: `PID|1||H-77^^^HYD^MR~${number}^^^HYD^MR||EVERYWOMAN^EVE` });
    const reason =
      'PID-3 Patient Identifier List, repetition 2, component 1 ID Number: the patient identifier is too long (180 digits, 20 letters)';
    expect(answer).toContain(`\rERR||PID^1^3^2^1|102^Data type error^HL70357|E||||${reason}`);
    expect(await adapter.refusals()).toMatchObject([{ condition: 102, location: 'PID^1^3^2^1', reason }]);
    expect(`${answer}${JSON.stringify(await adapter.refusals())}`).not.toMatch(/QQQ|777|H-77|EVE/);
  });

  it('of an old version is told the same in MSA-3', async () => {
    expect(await ask({ version: '2.3', pid: 'PID|1||||EVERYWOMAN^EVE' })).toContain(
      '\rMSA|AE|C1|PID-3 Patient ID is empty|',
    );
  });

  it('is not alone: neither neighbour is lost (F6, A6)', async () => {
    const sender = await adapter.connect();
    sender.send(messageOf({ controlId: 'A' }), 'no message at all', messageOf({ controlId: 'B' }));
    expect((await sender.answered(3)).map(msa)).toEqual([
      { code: 'AA', controlId: 'A' },
      { code: 'AR', controlId: '' },
      { code: 'AA', controlId: 'B' },
    ]);
    expect(await adapter.refusals()).toMatchObject([{ condition: 100, facility: '', answer: 'AR' }]);
  });

  it.each([
    ['2.5.1', '207'],
    ['2.7', '104'],
  ])('over the size limit in version %s is condition %s (F4)', async (version, condition) => {
    await adapter.stopAdapter();
    await adapter.open({ MLLP_FRAME_BYTES_MAX: '4096' });
    const sender = await adapter.connect();
    sender.send(messageOf({ version, more: [`NTE|1||${'x'.repeat(9000)}`] }), messageOf({ controlId: 'C2' }));
    const [large = '', next = ''] = await sender.answered(2);
    expect(msa(large)).toEqual({ code: 'AE', controlId: 'C1' });
    expect(large).toContain(`|${condition}`);
    expect(msa(next)).toEqual({ code: 'AA', controlId: 'C2' });
  });
});

describe('a sender', () => {
  it('that is unknown in approve mode is refused, and taken once it is approved', async () => {
    adapter.registration.mode = 'approve';
    const sender = await adapter.connect();
    const answer = await sender.ask(messageOf());
    expect(msa(answer).code).toBe('AR');
    expect(answer).toContain('207');
    expect(answer).toContain('waits for approval');
    adapter.registration.mode = 'open';
    adapter.registry.apply(sourceOf(hyd, { isOpen: false, processingIds: ['P'] }));
    expect(msa(await sender.ask(messageOf())).code).toBe('AA');
    expect(msa(await sender.ask(messageOf({ processingId: 'T' }))).code).toBe('AR');
  });

  it('in testing is marked so in what is signed, and the same bytes are new once it is certified', async () => {
    const source = sourceOf(hyd, { isOpen: false, processingIds: ['P'] });
    const sender = await adapter.connect();
    for (const phase of ['draft', 'testing', 'testing', 'certified', 'certified'] as const) {
      adapter.registry.apply({ ...source, phase });
      expect(msa(await sender.ask(messageOf())).code).toBe(phase === 'draft' ? 'AR' : 'AA');
    }
    expect((await adapter.events()).map(({ history }) => history)).toEqual(['test', undefined]);
  });

  it('that was not let in yet is refused through no fault of its message', async () => {
    adapter.registry.apply(sourceOf(hyd, { phase: 'draft' }));
    await ask({ controlId: 'DRAFT' });
    adapter.registry.apply(sourceOf(hyd, { phase: 'testing' }));
    await ask({ controlId: 'BAD', pid: 'PID|1' });
    const refused = (await adapter.refusals()).map(({ controlId, isOurs }) => [controlId, isOurs]);
    expect(refused).toEqual([
      ['DRAFT', true],
      ['BAD', undefined],
    ]);
  });

  it('is asked about once, however many of its messages come together', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => adapter.connect()));
    const answers = await Promise.all(all.map((one, n) => one.ask(messageOf({ controlId: `N${n}` }))));
    expect(answers.map((one) => msa(one).code)).toEqual(answers.map(() => 'AA'));
    expect(adapter.registration.contacts).toBe(1);
    expect(adapter.registration.issued).toHaveLength(1);
  });

  it('is told to come back when registration does not answer about it in time', async () => {
    await adapter.stopAdapter();
    await adapter.open({ CONTACT_TIMEOUT_MS: '50', CONTACT_RETRY_MS: '0' });
    adapter.registration.mode = 'silent';
    const sender = await adapter.connect();
    expect(msa(await sender.ask(messageOf())).code).toBe('AR');
    expect((await adapter.refusals())[0]).toMatchObject({ condition: 207, answer: 'AR' });
  });

  it('known to the registry needs registration only for its certificate', async () => {
    adapter.registry.apply(sourceOf(hyd));
    expect(msa(await ask()).code).toBe('AA');
    adapter.registration.mode = 'away';
    expect(msa(await ask({ controlId: 'C2' })).code).toBe('AA');
    expect(adapter.registration.contacts).toBe(0);
  });

  it('is observed: registration hears what it was answered', async () => {
    await ask();
    await ask({ version: '3.0' });
    await adapter.stopAdapter();
    const [first] = adapter.registration.observations;
    expect(first?.sourceId).toBe(sourceOf(hyd).id);
    expect(first?.observation.answers).toEqual({ AA: 1, AR: 1 });
    expect(first?.observation.ackMsP99).toBeGreaterThan(0);
  });
});

describe('when the bus is away', () => {
  it('answers AR 207, unready never, and recovers', async () => {
    const sender = await adapter.connect();
    adapter.bus.isAway = true;
    const answer = await sender.ask(messageOf());
    expect(msa(answer)).toEqual({ code: 'AR', controlId: 'C1' });
    expect(answer).toContain('207');
    adapter.bus.isAway = false;
    expect(msa(await sender.ask(messageOf())).code).toBe('AA');
    expect(await adapter.events()).toHaveLength(1);
    expect(adapter.blocked.size).toBe(0);
  });

  it('answers CE in enhanced mode', async () => {
    adapter.bus.isAway = true;
    expect(msa(await ask({ accept: 'AL' })).code).toBe('CE');
  });

  it('closes without an answer where the source wants that', async () => {
    adapter.registry.apply(sourceOf(hyd, { closesWhenUnavailable: true }));
    const sender = await adapter.connect();
    expect(msa(await sender.ask(messageOf())).code).toBe('AA');
    adapter.bus.isAway = true;
    sender.send(messageOf({ controlId: 'C2' }), messageOf({ controlId: 'C3' }));
    await sender.closed();
    expect(sender.answers).toHaveLength(1);
  });

  it('says so when a publish does not come back in time', async () => {
    await adapter.stopAdapter();
    await adapter.open({ PUBLISH_TIMEOUT_MS: '50' });
    adapter.bus.afterPublish = (topic) =>
      topic === 'clinical.received' ? new Promise(() => undefined) : Promise.resolve();
    const sender = await adapter.connect();
    sender.send(messageOf({ controlId: 'A' }), messageOf({ controlId: 'B' }));
    expect((await sender.answered(2)).map((one) => msa(one).code)).toEqual(['AR', 'AR']);
  });

  it('gives the same event when the publish had worked after all', async () => {
    let isCut = true;
    adapter.bus.afterPublish = () =>
      isCut ? Promise.reject(new Unavailable('bus', 'lost after the fact')) : Promise.resolve();
    const sender = await adapter.connect();
    expect(msa(await sender.ask(messageOf())).code).toBe('AR');
    isCut = false;
    expect(msa(await sender.ask(messageOf())).code).toBe('AA');
    const [first, second] = await adapter.events();
    expect(second?.id).toBe(first?.id);
  });

  it('never answers before the publish has resolved', async () => {
    let release: () => void = () => undefined;
    let isHeld = false;
    adapter.bus.afterPublish = () =>
      new Promise((resolve) => {
        isHeld = true;
        release = resolve;
      });
    const sender = await adapter.connect();
    sender.send(messageOf());
    await until(() => isHeld);
    await new Promise((resolve) => setImmediate(resolve));
    expect(sender.answers).toEqual([]);
    release();
    expect(msa((await sender.answered(1))[0] ?? '').code).toBe('AA');
  });
});

describe('duplicates', () => {
  it('are answered as before, with no second event (D2)', async () => {
    const sender = await adapter.connect();
    for (let n = 0; n < 3; n++) expect(msa(await sender.ask(messageOf())).code).toBe('AA');
    expect(await adapter.events()).toHaveLength(1);
    expect(await adapter.metric('mllp_duplicates_total')).toBe(2);
  });

  it('after a restart are the same event again', async () => {
    await ask();
    await adapter.stopAdapter();
    await adapter.open();
    expect(msa(await ask()).code).toBe('AA');
    const [first, second] = await adapter.events();
    expect(second?.id).toBe(first?.id);
    expect(adapter.registration.issued).toHaveLength(1);
  });

  it('with other bytes are new, and counted (D3)', async () => {
    await ask();
    await ask({ pid: 'PID|1||H-77^^^HYD^MR||EVERYWOMAN^EVA' });
    expect(new Set((await adapter.events()).map(({ id }) => id)).size).toBe(2);
    expect(await adapter.metric('mllp_control_id_reuse_total')).toBe(1);
  });

  it('of a refused message are judged afresh', async () => {
    adapter.registry.apply(sourceOf(hyd, { state: 'suspended' }));
    expect(msa(await ask()).code).toBe('AR');
    adapter.registry.apply(sourceOf(hyd));
    expect(msa(await ask()).code).toBe('AA');
  });
});
