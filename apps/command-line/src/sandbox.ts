import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a running standalone says of itself (`<DATA_DIR>/sandbox.json`). */
export interface Sandbox {
  readonly mllp: { readonly host: string; readonly port: number };
  readonly http: { readonly baseUrl: string };
  readonly sources: readonly { readonly facility: string; readonly application: string; readonly authority: string }[];
  readonly tokens: { readonly admin: string; readonly clinician: string; readonly integrator?: string };
}

/** Reads it from the data directory. Throws, saying what to do, when no product runs there. */
export function readSandbox(directory = process.env['DATA_DIR'] ?? './data'): Sandbox {
  const path = join(directory, 'sandbox.json');
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Sandbox;
  } catch (error) {
    throw new Error(`${path} cannot be read: is the product running there (npm start)?`, { cause: error });
  }
}
