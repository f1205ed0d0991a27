import { describe, expect, it } from '@jest/globals';
import type { BusRecord } from '@anamnesis/bus';
import type { CodeTranslation, LocalCode } from '@anamnesis/core';
import { insertRows, UnmappedCode } from '@anamnesis/store';
import { delivered, type Hospital, type Said } from '../../test/hospital.js';
import { eachTestOpens } from '../../test/each-test-opens.js';
import type { Place } from '../../test/place.js';
import { databases } from '../../../../test/databases.js';
import { certify } from '../certify/certify.js';
import { changeSource, findSource } from '../facilities/sources.js';
import { findCodeTable, setCodeTable } from './code-tables.js';
import { unmappedCodesMax } from './count-local-codes.js';
import { unmappedCodes } from './unmapped-codes.js';

const system = 'urn:anamnesis:NORTH:L';
const local = (code: string): LocalCode => ({ system, code, location: 'OBX-3', display: `the ${code}` });
const glucose: CodeTranslation = { system, code: 'GLU', to: { system: 'http://loinc.org', code: '2345-7' } };

describe.each(databases)('local codes on $name', ({ fresh }) => {
  let place: Place;
  let hospital: Hospital;
  eachTestOpens({ fresh }, (opened) => ({ place, hospital } = opened));

  const says = (localCodes: unknown, said: Said = {}): BusRecord => {
    const record = hospital.says(said);
    return {
      ...record,
      header: { ...record.header, resources: { ...(record.header['resources'] as object), localCodes } },
    };
  };
  const set = (replaces: number, ...rows: readonly CodeTranslation[]) =>
    setCodeTable(place.registration, hospital.source.id, { replaces, rows, reason: 'by the laboratory' });
  const listed = async () =>
    (await unmappedCodes(place.registration, hospital.source.id)).codes.map(({ code, count }) => `${code} ${count}`);

  it('are a work list, most frequent first, each message counted once', async () => {
    const both = delivered(says([local('GLU'), local('HB')]));
    const one = delivered(says([local('GLU')]));
    const second = delivered(says([local('HB')], { ordinal: 1 }));
    await certify(place.registration, [both, one, both, second]);
    await certify(await place.another(), [both]);
    expect(await listed()).toEqual(['GLU 2', 'HB 1']);
    const { codes, tableVersion, isComplete } = await unmappedCodes(place.registration, hospital.source.id);
    expect({ tableVersion, isComplete }).toEqual({ tableVersion: 0, isComplete: true });
    expect(codes[0]).toMatchObject({ system, code: 'GLU', display: 'the GLU', location: 'OBX-3', count: 2 });
  });

  it('of what is refused, or what is none, are no work', async () => {
    await changeSource(place.registration, hospital.source.id, { messageTypes: ['ORU^R01'] });
    await place.certifyEach([says([local('GLU')])]);
    await place.certifyEach([says([null, { system }, local('x'.repeat(65))], { messageType: 'ORU^R01' })]);
    expect(await listed()).toEqual([]);
  });

  it('leave the list when a table translates them, and come back when it does no longer', async () => {
    await place.certifyEach([says([local('GLU'), local('HB')])]);
    await set(0, glucose);
    expect(await listed()).toEqual(['HB 1']);
    await set(1);
    expect(await listed()).toHaveLength(2);
  });

  it('are listed up to a limit, which the list says', async () => {
    const row = { sourceId: hospital.source.id, system, display: null, location: 'OBX-3', count: 1 };
    const at = { firstAt: '2026-03-09T00:00:00.000Z', lastAt: '2026-03-09T00:00:00.000Z' };
    const rows = Array.from({ length: unmappedCodesMax - 1 }, (_, n) => ({ ...row, ...at, id: `${n}`, code: `${n}` }));
    await place.store.transaction((manager) => insertRows(manager, UnmappedCode, rows));
    await place.certifyEach([says([local('GLU'), local('HB')])]);
    const { codes, isComplete } = await unmappedCodes(place.registration, hospital.source.id);
    expect([codes.length, isComplete]).toEqual([unmappedCodesMax, false]);
  });

  describe('a table', () => {
    it('is told to the adapters with its source, and survives other changes of it', async () => {
      await set(0, glucose);
      await changeSource(place.registration, hospital.source.id, { zone: 'Asia/Karachi' });
      const codes = { version: 1, rows: [glucose] };
      expect(await findSource(place.registration, hospital.source.id)).toMatchObject({ zone: 'Asia/Karachi', codes });
      const facts = (await place.read('registry.changed', 4)).map(({ header }) => header);
      expect(facts.filter(({ kind }) => kind === 'source').at(-1)).toMatchObject({ codes });
    });

    it('has versions, all of which can be read', async () => {
      await set(0, glucose);
      expect(await set(1)).toMatchObject({ version: 2, rows: [], reason: 'by the laboratory' });
      const { id } = hospital.source;
      expect(await findCodeTable(place.registration, id)).toMatchObject({ version: 2, rows: [] });
      expect(await findCodeTable(place.registration, id, 1)).toMatchObject({ version: 1, rows: [glucose] });
      await expect(findCodeTable(place.registration, id, 3)).rejects.toThrow('no such table');
    });

    it('does not replace one that its author has not seen, nor say two things of one code', async () => {
      await set(0, glucose);
      await expect(set(0, glucose)).rejects.toMatchObject({ code: 'conflict' });
      await expect(set(1, glucose, glucose)).rejects.toMatchObject({ code: 'invalid-request' });
    });
  });
});
