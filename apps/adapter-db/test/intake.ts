import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BusRecord, encodedRecords, type EventBus, type Topic } from '@anamnesis/bus';
import { parseReceivedEvent, type ReceivedEvent, type SourceFact } from '@anamnesis/core';
import { convertersVersion, type RowMappingFile } from '@anamnesis/fhir';
import { Metrics, SourceRegistry } from '@anamnesis/runtime';
import { AdapterMetrics } from '../src/adapter-metrics.js';
import { patientOfRow } from '../src/intake/patient-of-row.js';
import type { ReceiveRowsOptions } from '../src/intake/receive-rows.js';
import { ReceivedTimes } from '../src/intake/received-times.js';
import { signEvents } from '../src/signing/sign-events.js';
import { signingTask } from '../src/signing/signing-task.js';
import type { SignEvents } from '../src/signing/signing-thread.js';
import { RowBook } from '../src/state/row-book.js';
import { RowSeal } from '../src/state/row-seal.js';

const source: SourceFact = {
  ...{ kind: 'source', id: 'a'.repeat(16), facility: 'NORTH', application: 'PAS', state: 'active', isOpen: false },
  ...{ addresses: [], authorityByNamespace: {}, messageTypes: [], processingIds: ['P'], acknowledgement: 'auto' },
  closesWhenUnavailable: false,
};
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const identity = {
  ...{ key: privateKey, certificateSerial: '1f' },
  ...{ startsAtMs: 0, renewAtMs: Infinity, expiresAtMs: Infinity },
};
const deploymentKey = Buffer.alloc(32, 7);

/** Takes what it is given; what `refuse` throws instead. */
export class Shelf implements Pick<EventBus, 'publish'> {
  readonly published: { readonly topic: Topic; readonly record: BusRecord }[] = [];
  refuse: (records: readonly BusRecord[]) => void = () => undefined;

  // eslint-disable-next-line @typescript-eslint/require-await -- what it throws is a rejection
  async publish(topic: Topic, records: readonly BusRecord[]): Promise<void> {
    this.refuse(records);
    this.published.push(...records.map((record) => ({ topic, record })));
  }

  get events(): readonly ReceivedEvent[] {
    return this.published
      .filter(({ topic }) => topic === 'clinical.received')
      .map(({ record }) => parseReceivedEvent(record.header));
  }
}

/** What a source's rows come into, without the source: a book in a directory of its own and a shelf for a bus. */
export class Intake {
  readonly directory = mkdtempSync(join(tmpdir(), 'anamnesis-intake-'));
  readonly bus = new Shelf();
  readonly metrics = new Metrics();
  readonly publicKey = publicKey;
  isAdmitted = true;
  /** As the signing thread does it, in this one. */
  sign: SignEvents = (work, signer) =>
    Promise.resolve({
      records: encodedRecords(signEvents(signingTask(work, signer), deploymentKey)),
      rows: work.rows.map((row) => this.#seal.seal(row)),
    });
  readonly #seal = new RowSeal(deploymentKey);
  /** Version of the converters, from the next opening on. */
  converters = convertersVersion;
  book = this.#open();
  readonly #counted = new AdapterMetrics(this.metrics);

  #open(): RowBook {
    return new RowBook(join(this.directory, 'rows.db'), deploymentKey, this.converters);
  }

  /** As after the process ended: what was not kept is forgotten. */
  openAgain(): void {
    this.book.close();
    this.book = this.#open();
  }

  options(mapping: RowMappingFile, signal: AbortSignal): ReceiveRowsOptions {
    const { bus, book } = this;
    book.mappings.use(mapping);
    const composing = {
      ...{ deploymentKey, registry: new SourceRegistry(), source, identity, mapping },
      patientKeyOf: patientOfRow(mapping, book),
    };
    return {
      ...{ name: mapping.name, bus, book, metrics: this.#counted, times: new ReceivedTimes(), signal },
      sign: (work, signer) => this.sign(work, signer),
      ...{ observations: { note: () => undefined }, publishTimeoutMs: 1000, retryMs: 1 },
      composing: () => (this.isAdmitted ? composing : undefined),
    };
  }

  dispose(): void {
    this.book.close();
    rmSync(this.directory, { recursive: true });
  }
}
