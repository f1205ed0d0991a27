import { generateKeyPairSync } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, describe, expect, it, jest } from '@jest/globals';
import { encodedRecords } from '@anamnesis/bus';
import { type ReceivedEvent, Unavailable } from '@anamnesis/core';
import { Intake } from '../../test/intake.js';
import { everyKindMapping, rowsOfEveryKind } from '../../test/rows-of-every-kind.js';
import { composeRowEvent } from '../intake/compose-row-events.js';
import { receiveRowsWith } from '../intake/receive-rows.js';
import { signEvents } from './sign-events.js';
import { signingTask, type Signer } from './signing-task.js';
import { SigningThread } from './signing-thread.js';
import type { UnsignedEvent } from './unsigned-event.js';

const deploymentKey = Buffer.alloc(32, 7);
const signer: Signer = {
  source: { id: 'a'.repeat(16), facility: 'NORTH', application: 'PAS' },
  identity: { key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, certificateSerial: '1f' },
};
const resources = { name: 'test', version: 1, statements: [], warnings: [] };
const events: readonly UnsignedEvent[] = rowsOfEveryKind(10).map((change) =>
  composeRowEvent(change, { event: { type: 'patient.updated', resources }, receivedAt: change.at }),
);
const work = { events, rows: [] };
const unsigned = ({ header }: { readonly header: object }) => {
  const { signature, ...rest } = header as ReceivedEvent;
  return { ...rest, serial: signature.certificateSerial };
};

/** One for all: each has to begin, which takes longer than what it is given here. */
const thread = new SigningThread(deploymentKey);
let isEnded = false;
afterEach(() => {
  jest.restoreAllMocks();
  isEnded = false;
});
afterAll(() => thread.close());

/** Ends the thread at the next that it is given, as a defect or a want of memory would. */
function endAtNext(): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the worker that it was called on
  const { postMessage } = Worker.prototype;
  jest.spyOn(Worker.prototype, 'postMessage').mockImplementationOnce(function (this: Worker, ...what) {
    postMessage.apply(this, what);
    void this.terminate();
    isEnded = true;
  });
}

describe('the thread that signs', () => {
  it('makes of events what would be made of them here, in the order in which they were given', async () => {
    const halves = [events.slice(0, 20), events.slice(20)];
    const signed = (await Promise.all(halves.map((half) => thread.sign({ events: half, rows: [] }, signer)))).flatMap(
      ({ records }) => records,
    );
    const here = encodedRecords(signEvents(signingTask(work, signer), deploymentKey));
    expect(signed.map(unsigned)).toEqual(here.map(unsigned));
    expect(signed.map(({ key, body }) => [key, Buffer.from(body).toString()])).toEqual(
      here.map(({ key, body }) => [key, Buffer.from(body).toString()]),
    );
  });

  it('fails what it was given when it ends, and another one goes on', async () => {
    await thread.sign(work, signer);
    endAtNext();
    const given = [thread.sign(work, signer), thread.sign(work, signer)];
    for (const one of given) await expect(one).rejects.toThrow(Unavailable);
    expect(isEnded).toBe(true);
    expect((await thread.sign(work, signer)).records).toHaveLength(events.length);
  });

  it('fails only those of which no event can be made, by what went wrong', async () => {
    const [first] = events;
    const wrong = { ...signer, identity: { ...signer.identity, key: generateKeyPairSync('x25519').privateKey } };
    const given = [thread.sign({ events: first ? [first] : [], rows: [] }, wrong), thread.sign(work, signer)] as const;
    await expect(given[0]).rejects.toMatchObject({ name: 'Error', stack: expect.stringContaining('sign-events') });
    expect((await given[1]).records).toHaveLength(events.length);
  });

  it('loses no row and makes none another event when it ends amid a batch', async () => {
    const intake = new Intake();
    try {
      intake.sign = thread.sign;
      const deliver = receiveRowsWith(intake.options(everyKindMapping, new AbortController().signal));
      const changes = rowsOfEveryKind(100);
      endAtNext();
      await expect(deliver({ changes, position: { at: 1 } })).rejects.toThrow(Unavailable);
      expect(intake.book.position).toBeUndefined();
      await deliver({ changes, position: { at: 1 } });
      const last = intake.bus.events.slice(-changes.length).map(({ source }) => source.messageId.split(':').at(-1));
      expect(last).toEqual(changes.map(({ position }) => position));
      expect(intake.book.position).toEqual({ at: 1 });
    } finally {
      intake.dispose();
    }
  });
});
