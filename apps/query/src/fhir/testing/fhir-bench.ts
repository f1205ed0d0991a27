import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { INestApplication } from '@nestjs/common';
import type { MicroserviceOptions } from '@nestjs/microservices';
import type { BusRecord, DeliveredRecord, EventBus } from '@anamnesis/bus';
import type { Json } from '@anamnesis/core';
import { BusTransport, createApp, EVENT_BUS, Keys, readSettings, Tokens } from '@anamnesis/runtime';
import { Message, Store } from '@anamnesis/store';
import { QuerySettings } from '../../config.js';
import { QueryModule } from '../../query.module.js';
import { ChartBuilder } from '../../testing/chart-builder.js';
import { isObject, listOf, objectsOf, textOf } from '../fhir-json.js';

const waitMs = 20_000;
const tokens = JSON.stringify({ admin: 'admin'.repeat(8), clinician: 'clinician'.repeat(4) });

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Json;
}

/** The FHIR edge over real projections, a real bus and real HTTP, in a fresh directory; its database may be another. */
export class FhirBench {
  private constructor(
    readonly directory: string,
    readonly app: INestApplication,
    readonly baseUrl: string,
  ) {}

  static async open(fresh: () => Promise<string | undefined> = () => Promise.resolve(undefined)): Promise<FhirBench> {
    const directory = await mkdtemp(join(tmpdir(), 'anamnesis-fhir-'));
    const files: Readonly<Record<string, string>> = {
      DEPLOYMENT_KEY_FILE: '07'.repeat(32),
      KEK_FILE: '09'.repeat(32),
      TOKENS_FILE: tokens,
    };
    const environment: Record<string, string> = { DATA_DIR: directory, LOG_LEVEL: 'fatal' };
    const databaseUrl = await fresh();
    if (databaseUrl !== undefined) environment['DATABASE_URL'] = databaseUrl;
    for (const [name, text] of Object.entries(files)) {
      environment[name] = join(directory, name);
      await writeFile(environment[name], text);
    }
    const settings = readSettings(QuerySettings, environment);
    const app = await createApp(
      { name: 'query', settings, modules: [QueryModule.fromEnvironment(environment)] },
      false,
    );
    app.connectMicroservice<MicroserviceOptions>({ strategy: app.get(BusTransport) }, { inheritAppConfig: true });
    await app.init();
    await app.listen(0, '127.0.0.1');
    await app.startAllMicroservices();
    return new FhirBench(directory, app, await app.getUrl());
  }

  async close(): Promise<void> {
    await this.app.close();
    await rm(this.directory, { recursive: true });
  }

  builder(): ChartBuilder {
    return new ChartBuilder(this.app.get(Keys).deploymentKey);
  }

  get bus(): EventBus {
    return this.app.get<EventBus>(EVENT_BUS);
  }

  get store(): Store {
    return this.app.get(Store);
  }

  token(role: 'admin' | 'clinician'): string {
    return this.app.get(Tokens).texts[role];
  }

  /** Publishes records as their writers would and waits until query shows them. */
  async deliver(...records: readonly DeliveredRecord[]): Promise<void> {
    for (const { topic, key, header, body } of records) {
      const record: BusRecord = { key, header, body };
      await this.bus.publish(topic, [record]);
      const id = eventIdOf(header);
      if (id !== undefined) await until(() => this.store.reader.manager.existsBy(Message, { eventId: id }));
    }
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.fetch(path, { headers: { authorization: `Bearer ${this.token('clinician')}`, ...headers } });
  }

  async post(path: string, body: string, headers: Record<string, string>): Promise<Answer> {
    const all = { authorization: `Bearer ${this.token('clinician')}`, ...headers };
    return this.fetch(path, { method: 'POST', body, headers: all });
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(path.startsWith('http') ? path : `${this.baseUrl}${path}`, init);
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: text === '' ? null : parsed(text) };
  }

  /** All pages of a search, each entry's resource once per page that shows it. */
  async pages(path: string, between: () => Promise<void> = async () => {}): Promise<readonly Json[]> {
    const resources: Json[] = [];
    for (let next: string | undefined = path; next !== undefined;) {
      const { body } = await this.get(next);
      resources.push(...resourcesOf(body));
      next = linkOf(body, 'next');
      await between();
    }
    return resources;
  }
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function eventIdOf(header: DeliveredRecord['header']): string | undefined {
  const event = header['event'];
  return typeof event === 'object' && event !== null && 'id' in event ? String(event.id) : undefined;
}

/** Waits for a condition. Throws when it does not come true. */
export async function until(isTrue: () => Promise<boolean>): Promise<void> {
  for (const start = Date.now(); !(await isTrue());) {
    if (Date.now() - start > waitMs) throw new Error('the condition did not come true');
    await pause(10);
  }
}

export function linkOf(bundle: Json, relation: string): string | undefined {
  const link = isObject(bundle) ? objectsOf(bundle['link']).find((one) => one['relation'] === relation) : undefined;
  return textOf(link, 'url');
}

/** Resources of a Bundle's entries, without its outcome. */
export function resourcesOf(bundle: Json, mode?: 'match' | 'include'): readonly Json[] {
  return (isObject(bundle) ? objectsOf(bundle['entry']) : [])
    .filter(({ search }) =>
      mode === undefined ? textOf(search, 'mode') !== 'outcome' : textOf(search, 'mode') === mode,
    )
    .flatMap(({ resource }) => listOf(resource));
}

/** Texts of a Bundle's outcome entry, or of an OperationOutcome. */
export function issuesOf(body: Json): readonly string[] {
  const outcomes = isObject(body) && body['resourceType'] === 'OperationOutcome' ? [body] : entriesOf(body);
  return outcomes
    .filter((one) => one['resourceType'] === 'OperationOutcome')
    .flatMap((one) => objectsOf(one['issue']).map(({ details }) => textOf(details, 'text') ?? ''));
}

function entriesOf(bundle: Json) {
  return isObject(bundle) ? objectsOf(bundle['entry']).flatMap(({ resource }) => objectsOf(resource)) : [];
}
