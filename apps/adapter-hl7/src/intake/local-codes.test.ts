import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { messageOf } from '../../test/messages.js';
import { sourceOf } from '../../test/registration-double.js';
import { RunningAdapter } from '../../test/running-adapter.js';
import { msa } from '../../test/sender.js';

const system = 'urn:anamnesis:HYD:L';
const loinc = { system: 'http://loinc.org', code: '2345-7' };
let adapter: RunningAdapter;

beforeEach(async () => {
  adapter = await RunningAdapter.start({ CONTACT_RETRY_MS: '0' });
});
afterEach(() => adapter.dispose());

const send = async (controlId: string) => {
  const more = ['OBR|1||F-1^LAB|718-7^Hb^LN|||20260309', 'OBX|1|CE|GLU^Gluc^L||HI^very high^L||||||F|||20260309'];
  const text = messageOf({ type: 'ORU^R01', controlId, more, pid: 'PID|1||H-77^^^HYD^MR||E|||F||ZZ^own^L' });
  expect(msa(await (await adapter.connect()).ask(text)).code).toBe('AA');
  return (await adapter.events()).at(-1)?.resources;
};

describe('local codes of a message', () => {
  it('go with its first event, without what says something of the patient', async () => {
    const resources = await send('C1');
    expect(resources?.localCodes).toEqual([{ system, code: 'GLU', display: 'Gluc', location: 'OBX-3' }]);
    const places = resources?.findings?.map(({ rule, location }) => `${rule} ${location}`);
    expect(places).toEqual(expect.arrayContaining(['code-system OBX-3', 'code-system OBX-5']));
    expect(JSON.stringify(resources?.findings)).not.toMatch(/GLU|HI|ZZ/);
  });

  it('are translated from the moment that the source has a table', async () => {
    expect((await send('C1'))?.tableVersion).toBeUndefined();
    const codes = { version: 1, rows: [{ system, code: 'GLU', to: loinc }] };
    adapter.registry.apply(sourceOf({ facility: 'HYD', application: 'REG' }, { isOpen: true, codes }));
    const resources = await send('C2');
    expect(resources?.localCodes).toBeUndefined();
    expect(resources?.tableVersion).toBe(1);
    expect(JSON.stringify(resources?.statements)).toContain('"code":"2345-7"');
    expect(JSON.stringify(resources?.statements)).toContain('"code":"GLU"');
  });
});
