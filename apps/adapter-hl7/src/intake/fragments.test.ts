import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type AssembledMessage, type EventId, parseMessageFragment } from '@anamnesis/core';
import { messageOf, type Said } from '../../test/messages.js';
import { sourceOf } from '../../test/registration-double.js';
import { RunningAdapter } from '../../test/running-adapter.js';
import { msa } from '../../test/sender.js';

let adapter: RunningAdapter;
beforeEach(async () => {
  adapter = await RunningAdapter.start({ CONTACT_RETRY_MS: '0' });
});
afterEach(() => adapter.dispose());

const result = { type: 'ORU^R01^ORU_R01', sender: 'LIS|HYD' };
/** With MSH-14. */
const continuing = (pointer: string, said: Said) =>
  messageOf({ ...result, ...said }).replace('|2.5.1||', `|2.5.1||${pointer}`);
const first = messageOf({ ...result, more: ['OBX|1|FT|^Summary||Patient was ad', 'DSC|P1|F'] });
const last = continuing('P1', { controlId: 'C2', pid: null }).replace(/EVN.*/su, 'ADD|mitted||||||F\r');

const ask = async (...messages: readonly string[]) => {
  const sender = await adapter.connect();
  sender.send(...messages);
  return (await sender.answered(messages.length)).map(msa);
};
const kept = async () =>
  (await adapter.records('intake.fragment')).map(({ header }) => {
    const { controlId, continues, pointer } = parseMessageFragment(header);
    return { controlId, continues, pointer };
  });

describe('a fragment of a message', () => {
  it('is on the bus, byte for byte, before it is answered, and makes no event', async () => {
    expect(await ask(first, last)).toEqual([
      { code: 'AA', controlId: 'C1' },
      { code: 'AA', controlId: 'C2' },
    ]);
    expect(await kept()).toEqual([
      { controlId: 'C1', continues: '', pointer: 'P1' },
      { controlId: 'C2', continues: 'P1', pointer: '' },
    ]);
    const bodies = (await adapter.records('intake.fragment')).map(({ body }) => Buffer.from(body).toString());
    expect(bodies).toEqual([first, last]);
    expect(await adapter.events()).toEqual([]);
  });

  it('sent again is answered again and stored once', async () => {
    expect((await ask(first, first)).map(({ code }) => code)).toEqual(['AA', 'AA']);
    expect(await kept()).toHaveLength(1);
  });

  it('that cannot be stored is answered AR', async () => {
    await ask(messageOf());
    adapter.bus.isAway = true;
    expect((await ask(first)).map(({ code }) => code)).toEqual(['AR']);
  });

  it.each<[string, string]>([
    ['an empty DSC', messageOf({ ...result, more: ['DSC|'] })],
    ['an interactive continuation', messageOf({ ...result, more: ['DSC|P1|I'] })],
    ['the answer to a query', messageOf({ ...result, more: ['QAK|1|OK', 'DSC|P1'] })],
    ['something else in MSH-14', continuing('456', {})],
  ])('is none with %s', async (_, text) => {
    expect((await ask(text)).map(({ code }) => code)).toEqual(['AA']);
    expect(await kept()).toEqual([]);
    expect(await adapter.events()).toHaveLength(1);
  });

  it('cut between two segments is known by its MSH-14, from a source that sends DSC, and not from another', async () => {
    const rest = continuing('P1', { controlId: 'C2', pid: null }).replace(/EVN.*/su, 'OBX|2|ST|^Note||fine||||||F\r');
    expect((await ask(rest)).map(({ code }) => code)).toEqual(['AE']);
    expect((await ask(first, rest)).map(({ code }) => code)).toEqual(['AA', 'AA']);
    expect(await kept()).toHaveLength(2);
    const elsewhere = rest.replace('LIS|HYD', 'LIS|KHI');
    expect((await ask(elsewhere)).map(({ code }) => code)).toEqual(['AE']);
    adapter.registry.apply(sourceOf({ facility: 'KHI', application: 'LIS' }, { isFragmenting: true }));
    expect((await ask(elsewhere)).map(({ code }) => code)).toEqual(['AA']);
  });

  it.each<[string, string, string]>([
    ['no control id', messageOf({ ...result, controlId: '', more: ['DSC|P1|F'] }), 'AE'],
    ['a pointer over 180 characters', messageOf({ ...result, more: [`DSC|${'P'.repeat(181)}|F`] }), 'AE'],
    ['a version nobody reads', messageOf({ ...result, version: '3.0', more: ['DSC|P1|F'] }), 'AR'],
  ])('with %s is refused', async (_, text, code) => {
    expect((await ask(text)).map((one) => one.code)).toEqual([code]);
    expect(await kept()).toEqual([]);
  });
});

describe('a message put together from fragments', () => {
  const whole = messageOf({ ...result, more: ['OBX|1|FT|^Summary||Patient was admitted||||||F'] });
  const header: AssembledMessage = {
    ...{ facility: 'HYD', application: 'LIS', protocol: 'hl7v2-http', authentication: 'address' },
    ...{ id: 'a'.repeat(32) as EventId, controlId: 'C1', messageType: 'ORU^R01^ORU_R01', fragments: 2 },
  };

  it('becomes its events under the control id of the first, once', async () => {
    await ask(first);
    for (let time = 0; time < 2; time++) expect(await adapter.takeAssembled(header, whole)).toEqual([]);
    expect((await adapter.events()).map(({ source }) => source)).toMatchObject([
      { messageId: 'C1', protocol: 'hl7v2-http', authentication: 'address' },
    ]);
  });

  it('is refused on record, and kept by the bus, where it is no message', async () => {
    await ask(first);
    const refusals = await adapter.takeAssembled(header, whole.replace(/PID.*?\r/u, ''));
    expect(refusals).toMatchObject([{ code: 'invalid-event', owner: 'HYD' }]);
    expect(await adapter.refusals()).toMatchObject([{ controlId: 'C1', answer: 'none', condition: 100 }]);
    expect(await adapter.takeAssembled({ ...header, facility: 'NOBODY' }, whole)).toMatchObject([
      { code: 'unknown-source' },
    ]);
  });

  it('waits on the bus while its events cannot be stored', async () => {
    await ask(first);
    adapter.bus.isAway = true;
    await expect(adapter.takeAssembled(header, whole)).rejects.toThrow('cannot be stored');
  });
});
