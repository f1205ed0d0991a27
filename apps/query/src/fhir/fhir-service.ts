import { Injectable } from '@nestjs/common';
import { Store } from '@anamnesis/store';
import type { Json } from '@anamnesis/core';
import type { TracedRequest } from '../access/access-note.js';
import { HistoryReader } from '../history/history-reader.js';
import { QuietSources } from '../messages/quiet-sources.js';
import type { Served } from './operations/bundle.js';
import { matchPatient } from './operations/match-patient.js';
import { type ComputedType, historyOfComputed, readComputed } from './operations/read-computed.js';
import { readOne, type ServedOne, type Target } from './operations/read-one.js';
import { runEverything } from './operations/run-everything.js';
import { runHistory } from './operations/run-history.js';
import { runSearch, type SearchContext } from './operations/run-search.js';
import { searchAudit } from './operations/search-audit.js';
import { searchProvenance } from './operations/search-provenance.js';
import { Cursors } from './search/cursor.js';
import { countOf, type PlainRequest } from './search/parse-plain.js';
import { prefixedDate } from './search/prefixed-date.js';
import { countDefault, type Parameter, type SearchRequest } from './search/search-request.js';

/** Hands each interaction what it needs; what they do is in `operations/`. */
@Injectable()
export class FhirService {
  // eslint-disable-next-line max-params -- injected
  constructor(
    private readonly reader: HistoryReader,
    private readonly store: Store,
    private readonly cursors: Cursors,
    private readonly quietSources: QuietSources,
  ) {}

  read(request: TracedRequest, target: Target, version?: string): Promise<ServedOne> {
    return isComputed(target)
      ? readComputed(this.#context(request), target, version)
      : readOne(this.reader, target, version);
  }

  history(request: TracedRequest, target: Target, parameters: readonly Parameter[]): Promise<Served> {
    if (isComputed(target)) return historyOfComputed(this.#context(request), target);
    let count = countDefault;
    let cursor: string | undefined;
    let since = '';
    for (const [name, value] of parameters) {
      if (name === '_count') ({ count } = countOf(value, { count, isCountOnly: false }));
      if (name === '_cursor') cursor = value;
      if (name === '_since') since = prefixedDate(name, value).from;
    }
    return runHistory(this.#context(request), target, { count, cursor, since });
  }

  search(request: TracedRequest, asked: SearchRequest): Promise<Served> {
    return runSearch(this.#context(request), asked);
  }

  searchProvenance(request: TracedRequest, asked: PlainRequest): Promise<Served> {
    return searchProvenance(this.#context(request), asked);
  }

  searchAudit(request: TracedRequest, asked: PlainRequest, limits: { needsPatient: boolean }): Promise<Served> {
    return searchAudit(this.#context(request), asked, limits);
  }

  everything(
    request: TracedRequest,
    asked: { patientId: string; parameters: readonly Parameter[]; isStrict: boolean },
  ): Promise<Served> {
    return runEverything(this.#context(request), asked);
  }

  match(request: TracedRequest, body: Json): Promise<Served> {
    return matchPatient(this.#context(request), body);
  }

  #context(request: TracedRequest): SearchContext {
    return {
      reader: this.reader,
      store: this.store,
      cursors: this.cursors,
      quietSources: this.quietSources,
      origin: originOf(request),
      correlationId: request.requestId ?? 'unknown',
    };
  }
}

export function originOf(request: TracedRequest): string {
  return `${request.protocol}://${request.get('host') ?? 'localhost'}`;
}

function isComputed(target: Target): target is Target & { readonly type: ComputedType } {
  return target.type === 'AuditEvent' || target.type === 'Provenance';
}
