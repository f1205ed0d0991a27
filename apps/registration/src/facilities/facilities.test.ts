import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type EventBus } from '@anamnesis/bus';
import { parseRegistryFact, Unavailable } from '@anamnesis/core';
import { readSettings } from '@anamnesis/runtime';
import { Decision, Source, SourceContact } from '@anamnesis/store';
import { delivered, Hospital } from '../../test/hospital.js';
import { openPlace, type Place } from '../../test/place.js';
import { databases } from '../../../../test/databases.js';
import { certify } from '../certify/certify.js';
import { noteAnchored } from '../certify/note-anchored.js';
import { RegistrationSettings } from '../config.js';
import { approveContact, contact, listContacts } from './contacts.js';
import { isCertificateName } from './is-certificate-name.js';
import { isCidr } from './is-cidr.js';
import { observe, sourceStatus } from './source-status.js';
import { startTesting } from '../phases/change-phase.js';
import { addFacility, addSource, changeSource, findSource } from './sources.js';

const sender = { facility: 'NORTH', application: 'ADT', address: '127.0.0.1' };
const certificate = `sha256:${'a1'.repeat(32)}`;

describe.each(databases)('facilities on $name', ({ fresh }) => {
  let place: Place;
  afterEach(() => place.dispose());

  describe('in the open sandbox', () => {
    beforeEach(async () => {
      place = await openPlace({ ENROLMENT: 'open', OPEN_SOURCES_MAX: 2 }, fresh);
    });

    it('enrols a sender on first contact, once, from however many sides it comes', async () => {
      const second = await place.another();
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, at) => contact(at % 2 === 0 ? place.registration : second, sender)),
      );
      expect(new Set(answers.map(({ source }) => source?.id)).size).toBe(1);
      expect(answers[0]).toMatchObject({ state: 'active', source: { isOpen: true, processingIds: ['P', 'T', 'D'] } });
      expect(await place.store.reader.manager.count(Source)).toBe(1);
      expect(await place.read('registry.changed', 1)).toHaveLength(1);
    });

    it('binds the certificate that the first contact came with, and no later one', async () => {
      const { source } = await contact(place.registration, { ...sender, certificate });
      expect(source?.certificates).toEqual([certificate]);
      const again = await contact(place.registration, { ...sender, certificate: `sha256:${'0'.repeat(64)}` });
      expect(again.source?.certificates).toEqual([certificate]);
    });

    it('enrols no more than it may', async () => {
      for (const application of ['A', 'B']) await contact(place.registration, { ...sender, application });
      await expect(contact(place.registration, { ...sender, application: 'C' })).rejects.toMatchObject({
        code: 'unknown-source',
      });
      expect(await contact(place.registration, { ...sender, application: 'B' })).toMatchObject({ state: 'active' });
    });

    it('does not let a suspended source in by another contact', async () => {
      const { source } = await contact(place.registration, sender);
      await changeSource(place.registration, source?.id ?? '', { state: 'suspended' });
      expect(await contact(place.registration, sender)).toEqual({ state: 'pending' });
    });
  });

  describe('with approval', () => {
    beforeEach(async () => {
      place = await openPlace({ ENROLMENT: 'approve', CONTACTS_MAX: 2 }, fresh);
    });

    it('lists unknown senders, so many and no more, until an operator approves, and lets them in from testing on', async () => {
      for (const application of ['A', 'A', 'B', 'C'])
        expect(await contact(place.registration, { ...sender, application })).toEqual({ state: 'pending' });
      const listed = await listContacts(place.registration);
      expect(listed.map(({ application, attempts }) => [application, attempts])).toEqual([
        ['A', 2],
        ['B', 1],
      ]);
      const source = await approveContact(place.registration, listed[0]?.id ?? '');
      expect(source).toMatchObject({ isOpen: false, processingIds: ['P'], phase: 'draft' });
      expect(await contact(place.registration, { ...sender, application: 'A' })).toEqual({ state: 'pending' });
      const tested = await startTesting(place.registration, source.id, { by: 'admin', reason: 'ready' });
      expect(tested).toEqual({ ...source, phase: 'testing' });
      const again = await contact(place.registration, { ...sender, application: 'A' });
      expect(again).toEqual({ state: 'active', source: tested });
      expect(await place.store.reader.manager.count(SourceContact)).toBe(1);
    });

    it('shows the certificate of an unknown sender, and binds it when the operator approves', async () => {
      for (const one of [{}, { certificate }]) await contact(place.registration, { ...sender, ...one });
      const [listed] = await listContacts(place.registration);
      expect(listed?.certificate).toBe(certificate);
      const source = await approveContact(place.registration, listed?.id ?? '');
      expect(source.certificates).toEqual([certificate]);
      const changed = await changeSource(place.registration, source.id, { certificates: ['subject:CN=adt,O=North'] });
      expect(changed.certificates).toEqual(['subject:CN=adt,O=North']);
    });

    it('publishes every change of a source before it answers, and takes settings back with null', async () => {
      const source = await addSource(place.registration, { facility: 'F', application: 'A', zone: 'Europe/Berlin' });
      const changes = { zone: null, messageTypes: null, addresses: ['192.0.2.0/24'] };
      await changeSource(place.registration, source.id, changes);
      const facts = (await place.read('registry.changed', 2)).map(({ header }) => parseRegistryFact(header));
      expect(facts[0]).toEqual(source);
      expect(facts[1]).toEqual(await findSource(place.registration, source.id));
      expect(facts[1]).not.toHaveProperty('zone');
      expect(facts[1]).toMatchObject({ messageTypes: [] });
    });

    it('announces which lists a source does not send whole', async () => {
      const source = await addSource(place.registration, { facility: 'F', application: 'A' });
      expect(source).not.toHaveProperty('snapshots');
      const changed = await changeSource(place.registration, source.id, { snapshots: { NK1: 'keep' } });
      const facts = (await place.read('registry.changed', 2)).map(({ header }) => parseRegistryFact(header));
      expect(facts[1]).toEqual(changed);
      expect(changed.snapshots).toEqual({ NK1: 'keep' });
    });

    it('stands by a change when the bus is away, and publishes it later, in order', async () => {
      const broken = Object.create(place.bus, {
        publish: { value: () => Promise.reject(new Unavailable('bus', 'away')) },
      }) as EventBus;
      const other = await place.another(broken);
      const source = await addSource(other, { facility: 'F', application: 'A' });
      await changeSource(other, source.id, { state: 'suspended' });
      await place.registration.relay.flush();
      const facts = await place.read('registry.changed', 2);
      expect(facts.map(({ header }) => header['state'])).toEqual(['active', 'suspended']);
      await place.registration.relay.flush();
      expect(await place.read('registry.changed', 0)).toEqual([]);
    });

    it('refuses a second source for one binding and a second facility of one name', async () => {
      await addSource(place.registration, { facility: 'F', application: 'A' });
      await expect(addSource(place.registration, { facility: 'F', application: 'A' })).rejects.toThrow('bound');
      await expect(addFacility(place.registration, { name: 'F' })).rejects.toThrow('exists');
    });

    it('tells how a source is doing', async () => {
      const hospital = await Hospital.open(place.registration, 'NORTH', { phase: 'certified' });
      const records = [hospital.says(), hospital.says()];
      await certify(
        place.registration,
        records.map((record) => delivered(record)),
      );
      const { id } = hospital.source;
      const before = await sourceStatus(place.registration, id);
      expect(before).toMatchObject({ certified: 2, refused: 0, ackMsP99: null, answers: {} });
      expect(before.oldestNotAnchoredAt).not.toBeNull();
      const lastMessageAt = '2999-01-01T00:00:00.000Z';
      for (const adapter of ['one', 'two', 'two'])
        await observe(place.registration, id, { adapter, answers: { AA: 2, AE: 1 }, ackMsP99: 7, lastMessageAt });
      const leaves = records.map(({ header }) => ({ eventId: String(header['id']), leaf: 'ab'.repeat(32) }));
      const zero = '0'.repeat(64);
      const batch = {
        batchId: 'b',
        root: zero,
        previousRoot: zero,
        leaves,
        anchor: {},
        evidence: {},
        anchoredAt: lastMessageAt,
      };
      const record = {
        ...delivered({ key: 'b', header: batch, body: new Uint8Array(0) }),
        topic: 'clinical.anchored' as const,
      };
      expect(await noteAnchored(place.registration, [record, record])).toEqual([]);
      expect(await place.store.reader.manager.countBy(Decision, { anchoredAt: lastMessageAt })).toBe(2);
      expect(await sourceStatus(place.registration, id)).toMatchObject({
        answers: { AA: 4, AE: 2 },
        ackMsP99: 7,
        lastMessageAt,
        oldestNotAnchoredAt: null,
      });
    });
  });
});

describe('settings', () => {
  it('refuse an open sandbox that others can reach', () => {
    expect(() => readSettings(RegistrationSettings, { ENROLMENT: 'open', BIND_ADDRESS: '0.0.0.0' })).toThrow(
      'loopback',
    );
  });

  it.each([
    ['192.0.2.0/24', true],
    ['192.0.2.1', true],
    ['2001:db8::/32', true],
    ['192.0.2.0/33', false],
    ['192.0.2/24', false],
    ['192.0.2.0/24/1', false],
    ['everywhere', false],
  ])('%s is a CIDR block: %s', (text, isOne) => {
    expect(isCidr(text)).toBe(isOne);
  });

  it.each([
    [certificate, true],
    ['subject:CN=adt.north.example', true],
    ['subject:CN=adt, O=North\\, General, C=PK', true],
    [certificate.toUpperCase(), false],
    ['sha256:a1', false],
    ['subject:', false],
    ['subject:north', false],
    ['subject:CN=adt,', false],
    ['CN=adt', false],
  ])('%s names a certificate: %s', (text, isOne) => {
    expect(isCertificateName(text)).toBe(isOne);
  });
});
