import { setTimeout as sleep } from 'node:timers/promises';
import type { Sandbox } from './sandbox.js';

export interface Page<Body> {
  readonly body: Body;
  /** Path of the next one. */
  readonly next: string | undefined;
}

type Role = 'admin' | 'clinician';

/** The product's HTTP API with the sandbox's tokens. Throws for every answer that is not a success. */
export class ApiClient {
  constructor(private readonly sandbox: Sandbox) {}

  get<Body>(path: string, role: Role = 'clinician'): Promise<Body> {
    return this.#call<Body>('GET', path, { role });
  }

  post<Body>(path: string, body: object, role: Role = 'admin'): Promise<Body> {
    return this.#call<Body>('POST', path, { role, body });
  }

  /** One page of a list, and where the next one is. */
  async page<Body>(path: string, role: Role = 'clinician'): Promise<Page<Body>> {
    const response = await this.#fetch('GET', path, { role });
    const link = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
    const url = link === undefined ? undefined : new URL(link, this.sandbox.http.baseUrl);
    return { body: (await response.json()) as Body, next: url && `${url.pathname}${url.search}` };
  }

  async text(path: string, role: Role = 'admin'): Promise<string> {
    return (await this.#fetch('GET', path, { role })).text();
  }

  async #call<Body>(method: string, path: string, request: { role: Role; body?: object }): Promise<Body> {
    const text = await (await this.#fetch(method, path, request)).text();
    return (text === '' ? undefined : JSON.parse(text)) as Body;
  }

  async #fetch(method: string, path: string, { role, body }: { role: Role; body?: object }): Promise<Response> {
    const headers = { authorization: `Bearer ${this.sandbox.tokens[role]}`, 'content-type': 'application/json' };
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${this.sandbox.http.baseUrl}${path}`, { method, headers, ...content });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  }
}

/** Repeats `look` until it no longer throws; throws its last error at the deadline. */
export async function until<Result>(look: () => Promise<Result>, deadlineMs = 30_000): Promise<Result> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(100);
    }
  }
}
