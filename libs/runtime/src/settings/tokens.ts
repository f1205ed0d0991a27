import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import type { Role } from '../access/access-table.js';
import { readOrMake } from './key-file.js';
import type { Keys } from './keys.js';
import type { Settings } from './settings.js';

const tokenLengthMin = 32;

/** Bearer tokens of people; made once per data directory in the embedded profile. */
export interface TokenTexts {
  readonly admin: string;
  readonly clinician: string;
  /** For systems that send over HTTP; absent where none may. */
  readonly sender?: string;
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
    const make = () => `${JSON.stringify({ admin: newToken(), clinician: newToken(), sender: newToken() }, null, 2)}\n`;
    const text = await readOrMake(path, { mayMake: settings.PROFILE === 'embedded', make });
    const { admin, clinician, sender } = JSON.parse(text) as Partial<Record<string, unknown>>;
    const isOne = isToken(admin) && isToken(clinician) && (sender === undefined || isToken(sender));
    if (!isOne || admin === clinician || sender === admin || sender === clinician)
      throw new Error(
        `${path}: different tokens of at least ${tokenLengthMin} characters, "admin", "clinician" and, for senders over HTTP, "sender"`,
      );
    return new Tokens({ admin, clinician, ...(sender !== undefined && { sender }) }, keys);
  }

  roleOf(token: string): Role | undefined {
    const shown = digest(token);
    let role: Role | undefined;
    for (const [name, known] of this.#digests) if (timingSafeEqual(known, shown)) role = name;
    return role;
  }
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
