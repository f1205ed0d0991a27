import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { previewLifeMs, writePreviewToken } from '@anamnesis/core';
import { databases } from '../../../../test/databases.js';
import { Hospital } from '../../test/hospital.js';
import { openPlace, type Place } from '../../test/place.js';
import { changeSource, findSource } from '../facilities/sources.js';
import { addCorrections, correctionsHistory, findCorrections } from './corrections-files.js';
import { switchCorrections } from './switch-corrections.js';

const first = 'corrections: 1\nrules:\n  - { move: PID-4, to: PID-3 } # numbers of 1997\n';
const second = 'corrections: 1\nrules: []\n';
const reason = 'agreed with the vendor';

describe.each(databases)('corrections files on $name', ({ fresh }) => {
  let place: Place;
  let id: string;

  beforeEach(async () => {
    place = await openPlace({}, fresh);
    id = (await Hospital.open(place.registration, 'NORTH')).source.id;
  });
  afterEach(() => place.dispose());

  const add = (replaces: number, file: string) => addCorrections(place.registration, id, { replaces, file, reason });
  const digestOf = async (version: number) => (await findCorrections(place.registration, id, version)).digest;
  const tokenFor = (digest: string, more: { sourceId?: string; previewedAt?: string } = {}) =>
    writePreviewToken(place.registration.keys.deploymentKey, {
      ...{ sourceId: id, digest, messages: 7, previewedAt: new Date().toISOString(), ...more },
    });
  const on = async (version: number) =>
    switchCorrections(place.registration, id, { version, preview: tokenFor(await digestOf(version)), reason });
  const applied = async () => (await findSource(place.registration, id)).corrections;

  it('are kept as they were written, version by version, and change nothing by that', async () => {
    expect(await add(0, first)).toMatchObject({ version: 1, digest: expect.stringMatching(/^[0-9a-f]{64}$/), reason });
    expect(await add(1, second)).toMatchObject({ version: 2 });
    expect(await findCorrections(place.registration, id, 1)).toMatchObject({ file: first });
    expect(await applied()).toBeUndefined();
    const { activeVersion, versions, switches } = await correctionsHistory(place.registration, id);
    expect([activeVersion, versions.map(({ version }) => version), switches]).toEqual([0, [2, 1], []]);
  });

  it('are told to the adapters when one is switched on, and survive other changes of the source', async () => {
    await add(0, first);
    expect(await on(1)).toMatchObject({ ordinal: 1, version: 1, previewedMessages: 7 });
    await changeSource(place.registration, id, { zone: 'Asia/Karachi' });
    const corrections = { version: 1, digest: await digestOf(1), rules: [{ move: 'PID-4', to: 'PID-3' }] };
    expect(await findSource(place.registration, id)).toMatchObject({ zone: 'Asia/Karachi', corrections });
    const facts = (await place.read('registry.changed', 4)).map(({ header }) => header);
    expect(facts.filter(({ kind }) => kind === 'source').at(-1)).toMatchObject({ corrections });
  });

  it('go back to an older version, and off without a preview, all of it on record', async () => {
    await add(0, first);
    await add(1, second);
    await on(1);
    await on(2);
    await on(1);
    expect(await applied()).toMatchObject({ version: 1 });
    await switchCorrections(place.registration, id, { version: 0, reason: 'the vendor mended it' });
    expect(await applied()).toBeUndefined();
    const { switches } = await correctionsHistory(place.registration, id);
    expect(switches.map(({ version }) => version)).toEqual([0, 1, 2, 1]);
    expect(switches[0]).toMatchObject({ previewedMessages: 0, previewedAt: null, reason: 'the vendor mended it' });
  });

  it('are not switched on without a preview of that very file for that very source, a young one', async () => {
    await add(0, first);
    await add(1, second);
    const digest = await digestOf(1);
    const attempt = (preview?: string, version = 1) =>
      switchCorrections(place.registration, id, { version, reason, ...(preview !== undefined && { preview }) });
    const old = new Date(Date.now() - previewLifeMs - 1000).toISOString();
    await expect(attempt()).rejects.toMatchObject({ code: 'conflict' });
    await expect(attempt(tokenFor(digest), 2)).rejects.toMatchObject({ code: 'conflict' });
    await expect(attempt(tokenFor(digest, { sourceId: 'another' }))).rejects.toMatchObject({ code: 'conflict' });
    await expect(attempt(tokenFor(digest, { previewedAt: old }))).rejects.toMatchObject({ code: 'invalid-token' });
    const flipped = tokenFor(digest).replace(/.\./, (two) => (two === 'A.' ? 'B.' : 'A.'));
    for (const forged of ['', 'x.y', flipped, `${tokenFor(digest)}A`.replace(/^./, 'f')])
      await expect(attempt(forged)).rejects.toMatchObject({ code: 'invalid-token' });
    await expect(attempt(tokenFor(digest), 3)).rejects.toMatchObject({ code: 'not-found' });
    expect(await applied()).toBeUndefined();
    expect((await correctionsHistory(place.registration, id)).switches).toEqual([]);
  });

  it('that are wrong, or follow a version that their author has not seen, change nothing', async () => {
    await expect(add(0, 'corrections: 1\nrules: [{ move: PID4, to: PID-3 }]')).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringContaining('line 2, column 17 (/rules/0/move)'),
    });
    await add(0, first);
    await expect(add(0, second)).rejects.toMatchObject({ code: 'conflict' });
    await expect(
      addCorrections(place.registration, 'nobody', { replaces: 0, file: first, reason }),
    ).rejects.toMatchObject({ code: 'not-found' });
    expect((await correctionsHistory(place.registration, id)).versions).toHaveLength(1);
  });
});
