import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeliveredRecord, Refusal } from '@anamnesis/bus';
import { ContentStore } from '@anamnesis/content';
import { Keys } from '@anamnesis/runtime';
import type { Store } from '@anamnesis/store';
import { openFreshStore } from '../../../../test/open-fresh-store.js';
import { Archive } from '../archive/archive.js';
import { ContentKeys } from '../archive/content-keys.js';
import { ContentReader } from '../content/content-reader.js';
import type { HistoryReader } from '../history/history-reader.js';
import { StoredEvents } from '../history/stored-events.js';
import { StoredHistory } from '../history/stored-history.js';
import { StoredLists } from '../history/stored-lists.js';
import { StoredPersons } from '../history/stored-persons.js';
import { StoredVersions } from '../history/stored-versions.js';
import { ProjectController } from '../project/project.controller.js';
import { Projector } from '../project/projector.js';
import { ChartBuilder } from './chart-builder.js';

const deploymentKey = new Uint8Array(32).fill(7);
const kek = new Uint8Array(32).fill(9);

/** Query's projection over a store of its own, in a fresh directory or the database that `fresh` names. */
export class QueryBench {
  readonly build = new ChartBuilder(deploymentKey);
  readonly keys = Keys.of(deploymentKey, kek);
  readonly contentKeys = new ContentKeys(this.keys);
  readonly archive = new Archive(this.contentKeys);
  readonly projector: Projector;
  readonly history: HistoryReader;
  readonly #controller: ProjectController;

  readonly content: ContentReader;

  private constructor(
    readonly directory: string,
    readonly store: Store,
    /** What adapters write, and this reads. */
    readonly contentStore: ContentStore,
  ) {
    this.content = new ContentReader(contentStore);
    this.projector = new Projector(store, this.archive, this.contentKeys, this.keys);
    const versions = new StoredVersions(store, this.contentKeys);
    const persons = new StoredPersons(versions);
    const events = new StoredEvents(versions, this.archive);
    this.history = new StoredHistory(versions, persons, new StoredLists(versions, persons), events);
    this.#controller = new ProjectController(this.projector, this.keys);
  }

  static async open(fresh: () => Promise<string | undefined> = () => Promise.resolve(undefined)): Promise<QueryBench> {
    const directory = await mkdtemp(join(tmpdir(), 'anamnesis-query-'));
    const place = { directory: join(directory, 'content'), role: 'writer' } as const;
    const content = await ContentStore.open({ ...place, deploymentKey, kek });
    return new QueryBench(directory, await openFreshStore(directory, await fresh()), content);
  }

  async close(): Promise<void> {
    await this.store.close();
    await rm(this.directory, { recursive: true });
  }

  /** Delivers records in order, as batches of one topic. */
  async deliver(...records: readonly DeliveredRecord[]): Promise<readonly Refusal[]> {
    const refusals: Refusal[] = [];
    let batch: DeliveredRecord[] = [];
    for (const record of [...records, undefined]) {
      if (batch.length > 0 && batch[0]?.topic !== record?.topic) {
        refusals.push(...(await this.#handle(batch)));
        batch = [];
      }
      if (record !== undefined) batch.push(record);
    }
    return refusals;
  }

  /** Every row of a table in the order of its key; sealed columns, whose nonces are random, are left out. */
  async rows(table: string): Promise<readonly Record<string, unknown>[]> {
    const rows = await this.store.reader.manager.query<Record<string, unknown>[]>(`SELECT * FROM ${table}`);
    return rows
      .map(({ sealed: _, wrapped: __, ...row }) => row)
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }

  #handle(batch: readonly DeliveredRecord[]): Promise<readonly Refusal[]> {
    const topic: string = batch[0]?.topic ?? '';
    switch (topic) {
      case 'clinical.certified':
        return this.#controller.certified(batch);
      case 'clinical.tested':
        return this.#controller.tested(batch);
      case 'clinical.anchored':
        return this.#controller.anchored(batch);
      case 'person.changed':
        return this.#controller.personChanged(batch);
      case 'intake.refused':
        return this.#controller.intake(batch);
      case 'clinical.received.registration.dead':
        return this.#controller.refused(batch);
      default:
        throw new Error('query reads no such topic');
    }
  }
}
