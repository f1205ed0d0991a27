import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { Rejected, type SourceFact, Unavailable } from '@anamnesis/core';
import type { EventBus } from '@anamnesis/bus';
import type { RowMappingFile } from '@anamnesis/fhir';
import {
  type Observations,
  type RegistrationClient,
  type SourceKeys,
  type SourceRegistry,
  Turnstile,
} from '@anamnesis/runtime';
import type { AdapterMetrics, SourceState } from './adapter-metrics.js';
import type { AdapterDbSettings } from './config.js';
import { patientOfRow } from './intake/patient-of-row.js';
import { ReceivedTimes } from './intake/received-times.js';
import { type ReceiveRowsOptions, receiveRowsWith } from './intake/receive-rows.js';
import { RowRetelling } from './intake/row-retelling.js';
import type { SignEvents } from './signing/signing-thread.js';
import { readMappingFile } from './mapping-files.js';
import { Reminders } from './reminders.js';
import { openSource } from './sources/open-source.js';
import type { RowSource } from './sources/row-source.js';
import { SourceFault } from './sources/source-fault.js';
import { ParkedNotes } from './state/parked-notes.js';
import { openRowBook } from './state/open-row-book.js';
import type { RowBook } from './state/row-book.js';
import { watchSource } from './watch-source.js';

/** Before the bus or registration is asked again. */
const retryMs = 1000;

export interface RunnerOptions {
  readonly settings: AdapterDbSettings;
  readonly bus: Pick<EventBus, 'publish'>;
  readonly deploymentKey: Uint8Array;
  readonly registry: SourceRegistry;
  readonly registration: Pick<RegistrationClient, 'contact'>;
  readonly sourceKeys: Pick<SourceKeys, 'open' | 'present'>;
  readonly observations: Pick<Observations, 'note'>;
  readonly metrics: AdapterMetrics;
  readonly sign: SignEvents;
}

/** Runs one source for as long as the process lives: what goes wrong with it stops no other. */
export class SourceRunner {
  readonly #logger = new Logger('adapter-db');
  readonly #stopping = new AbortController();
  readonly #times = new ReceivedTimes();
  readonly #reminders = new Reminders(() => performance.now());
  readonly #books = new Map<string, RowBook>();
  #source: RowSource | undefined;
  #running: Promise<void> | undefined;
  #name: string;
  #said: string | undefined;

  constructor(
    private readonly path: string,
    private readonly options: RunnerOptions,
  ) {
    this.#name = basename(path);
  }

  start(): void {
    this.#state('waiting');
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#source?.stop();
    await this.#running;
    for (const book of this.#books.values()) book.close();
    this.#state('stopped');
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#read();
      } catch (problem) {
        await sleep(this.#judge(problem), undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      }
    }
  }

  /** Resolves when it is stopped. */
  async #read(): Promise<void> {
    const mapping = await readMappingFile(this.path);
    this.#called(mapping.name);
    const admitted = await this.#admit(mapping);
    await this.options.sourceKeys.open(admitted.id);
    // A `stop` found no source, and waits for none to be begun.
    if (this.#stopping.signal.aborted) return;
    const book = this.#book(admitted.id);
    book.mappings.use(mapping);
    const { settings, metrics, deploymentKey } = this.options;
    const watch = watchSource({
      ...{ name: mapping.name, metrics, logger: this.#logger, reminders: this.#reminders },
      onCaughtUp: () => {
        this.#wasSaid(undefined);
      },
    });
    this.#source = openSource({
      ...{ name: mapping.name, mapping, settings, book, watch, sourceId: admitted.id, deploymentKey },
    });
    await this.#tell(this.#source, mapping, book);
  }

  /** What the source tells, and beside it what is to be told again. */
  async #tell(source: RowSource, mapping: RowMappingFile, book: RowBook): Promise<void> {
    const { DATA_DIR, DB_RETELL_ROWS_PER_SECOND: rowsPerSecond } = this.options.settings;
    const ending = new AbortController();
    const receiving = this.#receiving(mapping, book);
    const turn = new Turnstile(1);
    const retelling = new RowRetelling({
      ...{ ...receiving, turn, rowsPerSecond, mapping },
      notes: new ParkedNotes(join(DATA_DIR, 'adapter-db'), mapping.name),
      signal: AbortSignal.any([this.#stopping.signal, ending.signal]),
    });
    const again = retelling.run().catch((problem: unknown) => {
      this.#logger.error('rows are not told again', { source: this.#name, reason: reasonOf(problem) });
    });
    const receive = receiveRowsWith(receiving);
    try {
      await source.start(book.position, (batch) =>
        turn.run(() => {
          retelling.cameBy(batch.changes);
          return receive(batch);
        }),
      );
    } finally {
      ending.abort();
      await again;
      retelling.report();
    }
  }

  #receiving(mapping: RowMappingFile, book: RowBook): ReceiveRowsOptions {
    const { bus, metrics, observations, settings, deploymentKey, registry, sourceKeys, sign } = this.options;
    const patientKeyOf = patientOfRow(mapping, book);
    return {
      ...{ name: mapping.name, bus, book, metrics, observations, times: this.#times, retryMs, sign },
      publishTimeoutMs: settings.PUBLISH_TIMEOUT_MS,
      signal: this.#stopping.signal,
      composing: () => {
        const source = this.#active(mapping);
        const identity = source === undefined ? undefined : sourceKeys.present(source.id);
        if (source === undefined || identity === undefined) return undefined;
        return { deploymentKey, registry, source, identity, mapping, patientKeyOf };
      },
    };
  }

  /** Known to registration already, or made known to it. Throws `Unavailable` as long as it is not active. */
  async #admit(mapping: RowMappingFile): Promise<SourceFact> {
    const { facility, application } = mapping.source;
    const { registry, registration } = this.options;
    if (registry.source(facility, application) === undefined) {
      const { source } = await registration.contact({ facility, application, address: '127.0.0.1' });
      if (source !== undefined && registry.source(facility, application) === undefined) registry.apply(source);
    }
    const active = this.#active(mapping);
    if (active === undefined)
      throw new Unavailable('registration', 'the source waits for approval, is a draft, or is suspended');
    return active;
  }

  #active({ source: { facility, application } }: RowMappingFile): SourceFact | undefined {
    const source = this.options.registry.source(facility, application);
    return source?.state === 'active' && source.phase !== 'draft' ? source : undefined;
  }

  /** One file for each source, opened once: it is this process's alone. */
  #book(sourceId: string): RowBook {
    const known = this.#books.get(sourceId);
    if (known !== undefined) return known;
    const book = openRowBook(
      join(this.options.settings.DATA_DIR, 'adapter-db', `${sourceId}.rows.db`),
      this.options.deploymentKey,
    );
    this.#books.set(sourceId, book);
    return book;
  }

  /** Says what is wrong, ever more seldom while it goes on, and how long to wait before it is looked at again. */
  #judge(problem: unknown): number {
    if (this.#stopping.signal.aborted) return 0;
    const isAway = problem instanceof Unavailable || problem instanceof Rejected;
    this.#state(isAway ? 'waiting' : 'fault');
    const reason = reasonOf(problem);
    this.#wasSaid(reason);
    this.options.metrics.notRead.inc({ source: this.#name });
    if (this.#reminders.isDue(reason)) this.#logger.warn('the source is not read', { source: this.#name, reason });
    return isAway ? retryMs : this.options.settings.DB_RETRY_MS;
  }

  /** What was wrong before is over when something else is wrong, or nothing. */
  #wasSaid(reason: string | undefined): void {
    if (this.#said !== undefined && this.#said !== reason) this.#reminders.forget(this.#said);
    this.#said = reason;
  }

  /** Until its mapping file can be read a source is called by the name of that. */
  #called(name: string): void {
    if (name === this.#name) return;
    this.options.metrics.forget(this.#name);
    this.#name = name;
    this.#state('waiting');
  }

  #state(state: SourceState): void {
    this.options.metrics.state(this.#name, state);
  }
}

/** Errors of ours say what is wrong and hold no values; of others only the place is told. */
function reasonOf(problem: unknown): string {
  if (problem instanceof SourceFault) return `${problem.code}: ${problem.message}`;
  if (problem instanceof Unavailable) return `${problem.dependency}: ${problem.message}`;
  if (problem instanceof Rejected) return problem.message;
  const [, place = ''] = (problem instanceof Error ? (problem.stack ?? '') : '').split(/\n(?=\s+at )/);
  return `defect: ${problem instanceof Error ? problem.name : typeof problem} ${place.trim()}`;
}
