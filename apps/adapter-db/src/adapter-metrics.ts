import type { Metrics } from '@anamnesis/runtime';

const states = ['waiting', 'reading', 'held', 'unreadable', 'fault', 'stopped'] as const;
export type SourceState = (typeof states)[number];

/** What the adapter counts. `source` is a mapping's name; no label holds anything of a row. */
export class AdapterMetrics {
  readonly rows;
  readonly unmapped;
  readonly findings;
  readonly refused;
  readonly publishFailures;
  readonly guards;
  readonly notRead;
  readonly reconnects;
  readonly differences;
  readonly comparisons;
  readonly waiting;
  readonly lagSeconds;
  readonly caughtUpAt;
  readonly replicaSeconds;
  readonly observationFailures;
  readonly retold;
  readonly #parked;
  readonly #state;
  /** That were told, of any source. */
  readonly #rules = new Set<string>();

  constructor(metrics: Metrics) {
    this.rows = metrics.counter('db_rows_total', 'Changes of rows published, by operation', ['source', 'op']);
    this.unmapped = metrics.counter('db_unmapped_total', 'Of these, events without statements', ['source']);
    this.findings = metrics.counter('db_findings_total', 'Values and rows that could not be used', ['source', 'rule']);
    this.refused = metrics.counter('db_refused_total', 'Changes of which no event could be made', ['source', 'reason']);
    this.publishFailures = metrics.counter('db_publish_failures_total', 'Publishes that failed and were tried again');
    this.guards = metrics.counter('db_guards_total', 'Things that rows could be lost by', ['source', 'kind']);
    this.notRead = metrics.counter('db_not_read_total', 'Times that a source could not be read', ['source']);
    this.reconnects = metrics.counter('db_reconnects_total', 'Connections lost or not made', ['source', 'reason']);
    this.comparisons = metrics.counter('db_comparisons_total', 'Comparisons of all rows, done', ['source']);
    this.differences = metrics.counter('db_differences_total', 'Rows that a comparison told', ['source', 'op']);
    this.waiting = metrics.gauge('db_rows_waiting', 'Rows read and not published', ['source']);
    this.lagSeconds = metrics.gauge('db_lag_seconds', 'From commit to durable event, of the last change', ['source']);
    this.caughtUpAt = metrics.gauge(
      'db_caught_up_timestamp_seconds',
      'When all that the source had told was durable, the last time (Unix time)',
      ['source'],
    );
    this.replicaSeconds = metrics.gauge('db_replica_behind_seconds', 'Of a server that is a replica itself', [
      'source',
    ]);
    this.observationFailures = metrics.counter('db_observation_failures_total', 'Observations not delivered');
    this.retold = metrics.counter('db_retold_total', 'Events of rows that were mapped again', ['source']);
    this.#parked = metrics.gauge('db_parked_rows', 'Rows of which something could not be told', ['source', 'rule']);
    this.#state = metrics.gauge('db_source_state', '1 for the state that a source is in', ['source', 'state']);
  }

  state(source: string, now: SourceState): void {
    for (const state of states) this.#state.set({ source, state }, state === now ? 1 : 0);
  }

  /** There is no source of that name any more. */
  forget(source: string): void {
    for (const state of states) this.#state.remove({ source, state });
  }

  /** By the rule that is to blame first. */
  parked(source: string, counts: ReadonlyMap<string, number>): void {
    for (const rule of this.#rules) if (!counts.has(rule)) this.#parked.set({ source, rule }, 0);
    for (const [rule, rows] of counts) this.#parked.set({ source, rule }, rows);
    for (const rule of counts.keys()) this.#rules.add(rule);
  }
}
