import { setTimeout as sleep } from 'node:timers/promises';
import type { Sandbox } from './sandbox.js';

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

  async #call<Body>(method: string, path: string, { role, body }: { role: Role; body?: object }): Promise<Body> {
    const headers = { authorization: `Bearer ${this.sandbox.tokens[role]}`, 'content-type': 'application/json' };
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${this.sandbox.http.baseUrl}${path}`, { method, headers, ...content });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Body;
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
