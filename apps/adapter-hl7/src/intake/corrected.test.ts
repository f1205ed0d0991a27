import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Corrections } from '@anamnesis/core';
import { readCorrections } from '@anamnesis/fhir';
import { messageOf, type Said } from '../../test/messages.js';
import { sourceOf } from '../../test/registration-double.js';
import { RunningAdapter } from '../../test/running-adapter.js';
import { msa } from '../../test/sender.js';
import { digestOf } from './compose-events.js';

const file = `
corrections: 1
triggers: [{ trigger: ADT^Z01, means: ADT^A08 }]
rules:
  - { move: ZPD-1, to: PID-3.1, when: { path: PID-3, equals: '' } }
  - { default: PID-3.4, value: HYD }
  - { default: PV1-2, value: 你 }
zSegments:
  - { from: ZPD-2, to: Patient.extension, as: string, url: 'urn:example:ward-name' }
`;
const corrections: Corrections = { version: 3, ...readCorrections(file) };
const said: Said = { type: 'ADT^Z01', pid: 'PID|1||||EVERYWOMAN^EVE', more: ['ZPD|H-77|North|x'] };
let adapter: RunningAdapter;

beforeEach(async () => {
  adapter = await RunningAdapter.start({ CONTACT_RETRY_MS: '0' });
  adapter.registry.apply(source({}));
});
afterEach(() => adapter.dispose());

const source = (more: Parameters<typeof sourceOf>[1]) =>
  sourceOf({ facility: 'HYD', application: 'REG' }, { isOpen: true, messageTypes: ['ADT^A08'], ...more });
const ask = async (more: Said = {}) => (await adapter.connect()).ask(messageOf({ ...said, ...more }));
const switchOn = () => {
  adapter.registry.apply(source({ corrections }));
};

describe('a source with a corrections file', () => {
  it('is judged, mapped and named by what it means; what it sent is kept', async () => {
    expect(msa(await ask()).code).toBe('AR');
    switchOn();
    const answer = await ask();
    expect(msa(answer).code).toBe('AA');
    expect(answer).toContain('ACK^Z01');
    const [event] = await adapter.events();
    const [stored] = await adapter.records('clinical.received');
    expect(Buffer.from(stored?.body ?? []).toString()).toBe(messageOf(said));
    expect(event).toMatchObject({
      type: 'patient.updated',
      source: { messageId: 'C1', messageType: 'ADT^A08^ADT_A01' },
      subject: { system: 'urn:anamnesis:authority:HYD', value: 'H-77' },
      raw: { digest: digestOf(Buffer.from(messageOf(said))).toString('hex') },
      resources: { name: 'ADT_A01', corrections: { version: 3, changes: 3 } },
    });
    expect(JSON.stringify(event?.resources.statements)).toContain('"valueString":"North"');
  });

  it('is told what it does wrong all the same, and how often which rule was needed', async () => {
    switchOn();
    await ask();
    const findings = (await adapter.events())[0]?.resources.findings ?? [];
    const named = findings.map(({ rule, location }) => `${rule} ${location}`);
    expect(named).toEqual(expect.arrayContaining(['structure-unknown MSH-9', 'corrected MSH-9', 'corrected PID-3.1']));
    expect(named).toContain('not-mapped ZPD-3');
    expect(JSON.stringify(findings)).not.toMatch(/H-77|North|EVERYWOMAN/);
  });

  it('hears of a rule that its character set has no room for', async () => {
    switchOn();
    await ask({ more: ['ZPD|H-77'], charset: '8859/1', type: 'ADT^A08' });
    const findings = (await adapter.events())[0]?.resources.findings ?? [];
    expect(findings.find(({ rule }) => rule === 'correction-failed')).toBeUndefined();
    const empty = messageOf({ ...said, controlId: 'C2', charset: '8859/1' }).replace('PV1|1|N', 'PV1|1|');
    await (await adapter.connect()).ask(empty);
    const later = (await adapter.events()).at(-1)?.resources.findings ?? [];
    expect(later.find(({ rule }) => rule === 'correction-failed')).toMatchObject({ location: 'PV1-2' });
  });

  it('whose message needs nothing says so', async () => {
    switchOn();
    await ask({ type: 'ADT^A08', pid: 'PID|1||H-77^^^HYD^MR', more: [] });
    expect((await adapter.events())[0]?.resources.corrections).toEqual({ version: 3, changes: 0 });
  });

  it('is refused where its message lacks what no rule gives', async () => {
    switchOn();
    const answer = await ask({ more: [] });
    expect(msa(answer).code).toBe('AE');
    expect(answer).toContain('PID^1^3');
  });

  it('stays recognised when it sends the same again after a change of the file', async () => {
    switchOn();
    await ask();
    adapter.registry.apply(source({ corrections: { ...corrections, version: 4 } }));
    expect(msa(await ask()).code).toBe('AA');
    expect(await adapter.events()).toHaveLength(1);
  });
});
