import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import type { Role } from '../access/access-table.js';
import { readOrMake } from './key-file.js';
import type { Keys } from './keys.js';
import type { Settings } from './settings.js';

const tokenLengthMin = 32;
const demanded = ['admin', 'clinician'] as const;
const optional = ['sender', 'integrator'] as const;

/** Bearer tokens of people; made once per data directory in the embedded profile. */
export interface TokenTexts {
  readonly admin: string;
  readonly clinician: string;
  /** For systems that send over HTTP; absent where none may. */
  readonly sender?: string;
  /** For whoever tests new sources; absent where nobody does. */
  readonly integrator?: string;
}

/** Who a bearer token speaks for. Tokens are compared by digest, in constant time. */
export class Tokens {
  readonly #digests: readonly (readonly [Role, Buffer])[];

  constructor(
    readonly texts: TokenTexts,
    keys: Keys,
  ) {
    const all: Partial<Record<Role, string>> = { ...texts, service: keys.serviceToken };
    this.#digests = Object.entries(all).map(([role, token]) => [role as Role, digest(token)]);
  }

  static async open(settings: Settings, keys: Keys): Promise<Tokens> {
    const path = settings.TOKENS_FILE ?? join(settings.DATA_DIR, 'keys', 'tokens.json');
    const make = () =>
      `${JSON.stringify(Object.fromEntries([...demanded, ...optional].map((role) => [role, newToken()])), null, 2)}\n`;
    const text = await readOrMake(path, { mayMake: settings.PROFILE === 'embedded', make });
    return new Tokens(read(JSON.parse(text) as Fields, path), keys);
  }

  roleOf(token: string): Role | undefined {
    const shown = digest(token);
    let role: Role | undefined;
    for (const [name, known] of this.#digests) if (timingSafeEqual(known, shown)) role = name;
    return role;
  }
}

type Fields = Partial<Record<string, unknown>>;

function read(found: Fields, path: string): TokenTexts {
  const given = [...demanded, ...optional.filter((role) => found[role] !== undefined)];
  const tokens = given.map((role) => found[role]);
  if (!tokens.every(isToken) || new Set(tokens).size < tokens.length)
    throw new Error(
      `${path}: different tokens of at least ${tokenLengthMin} characters, "admin", "clinician" and, where needed, "sender" and "integrator"`,
    );
  return Object.fromEntries(given.map((role) => [role, found[role]])) as unknown as TokenTexts;
}

function newToken(): string {
  return randomBytes(32).toString('base64url');
}

function isToken(value: unknown): value is string {
  return typeof value === 'string' && value.length >= tokenLengthMin;
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
