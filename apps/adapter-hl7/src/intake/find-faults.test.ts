import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { messageOf, type Said } from '../../test/messages.js';
import { RunningAdapter } from '../../test/running-adapter.js';
import { msa } from '../../test/sender.js';

let adapter: RunningAdapter;

beforeEach(async () => {
  adapter = await RunningAdapter.start({ CONTACT_RETRY_MS: '0' });
});
afterEach(() => adapter.dispose());

async function found(said: Said) {
  expect(msa(await (await adapter.connect()).ask(messageOf(said))).code).toBe('AA');
  const [first, ...others] = await adapter.events();
  expect(others.flatMap(({ resources }) => resources.findings ?? [])).toEqual([]);
  return first?.resources.findings ?? [];
}

describe('the findings of a message that is taken', () => {
  it('are with its event: what HL7 wants, what the reader tolerated, what the mapping could not use', async () => {
    const pid = 'PID|1||H-77^^^HYD^MR||EVERYWOMAN^EVE||1962-03-20|F||||||||||||||||||CITIZEN';
    const found1 = await found({ type: 'adt^a08', pid, more: ['PV1|1|', 'ZPI|x'] });
    const places = found1.map(({ rule, location }) => `${rule} ${location}`);
    expect(places).toEqual(
      expect.arrayContaining([
        'field-required PV1-2',
        'data-type PID-7',
        'message-type-spelling MSH-9',
        'not-mapped ZPI',
      ]),
    );
    expect(found1.find(({ location, rule }) => location === 'PID-7' && rule === 'data-type')).toEqual({
      rule: 'data-type',
      location: 'PID-7',
      text: 'PID-7 Date/Time of Birth: not of data type TS',
      shape: '8 digits, 2 signs',
    });
    expect(JSON.stringify(found1)).not.toMatch(/EVERYWOMAN|H-77|1962|CITIZEN/);
  });

  it('are with the first event of many', async () => {
    const more = ['OBR|1|||GLU|||20260309', 'OBX|1|NM|GLU||high||||||F'];
    const found1 = await found({ type: 'ORU^R01', more: [...more, 'PID|2||H-78^^^HYD^MR||X', ...more] });
    expect(found1.map(({ rule, location }) => `${rule} ${location}`)).toContain('data-type OBX-5');
  });
});
