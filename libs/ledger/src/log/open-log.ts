import { createPublicKey, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { base32 } from '@anamnesis/core';
import { checkAtStart } from './audit-log.js';
import { LogFile } from './log-file.js';
import { originPattern } from './log-evidence.js';
import type { LogSettings } from './log-protocol.js';
import { type LogIdentity, LogTree } from './log-tree.js';
import { makeSigningKey, readSigningKey } from './signing-key.js';
import { formatVerifierKey, parseVerifierKey } from './signed-note.js';
import { writeDurably } from './write-durably.js';

export interface OpenLog {
  readonly file: LogFile;
  readonly tree: LogTree;
  readonly vkey: string;
}

const keyFile = 'ledger-key.pem';
const databaseFile = 'ledger.db';
const vkeyFile = 'ledger.vkey';

/** Opens the log of a directory, or begins one there, and checks it. Throws when anything about it is not as it was left. */
export function openLog({ directory, origin, fileBytesMax }: LogSettings): OpenLog {
  if (origin !== undefined && !originPattern.test(origin))
    throw new Error('the origin must be printable ASCII without space and plus, at most 128 characters');
  mkdirSync(directory, { recursive: true });
  const path = join(directory, databaseFile);
  if (!existsSync(path)) demandNewKey(directory);
  const file = new LogFile(path, fileBytesMax);
  try {
    const identity = file.verifierKey() === undefined ? begin(file, { directory, origin }) : resume(file, directory);
    const tree = new LogTree(file, identity);
    if (origin !== undefined && origin !== tree.key.name)
      throw new Error(`the log here is named ${tree.key.name}; a log keeps its origin`);
    checkAtStart({ file, tree });
    publish(identity.vkey, join(directory, vkeyFile));
    return { file, tree, vkey: identity.vkey };
  } catch (error) {
    file.close();
    throw error;
  }
}

function begin(file: LogFile, { directory, origin }: { directory: string; origin: string | undefined }): LogIdentity {
  demandNewKey(directory);
  const path = join(directory, keyFile);
  const privateKey = readSigningKey(path) ?? makeSigningKey(path);
  const name = origin ?? `anamnesis/log/${base32(randomBytes(10))}`;
  const identity = { privateKey, vkey: formatVerifierKey(name, createPublicKey(privateKey)) };
  file.transaction(() => {
    LogTree.begin(file, identity);
  });
  return identity;
}

/** The verifier key is written last: where it is, the key has signed a log, and must not begin another. */
function demandNewKey(directory: string): void {
  if (existsSync(join(directory, vkeyFile)))
    throw new Error(`${vkeyFile} is there without its log: put ${databaseFile} back, or move ${keyFile} away with it`);
}

function resume(file: LogFile, directory: string): LogIdentity {
  const vkey = file.verifierKey() ?? '';
  const privateKey = readSigningKey(join(directory, keyFile));
  if (privateKey === undefined)
    throw new Error(`${keyFile} is missing: put it back, no other key can go on with this log`);
  if (formatVerifierKey(parseVerifierKey(vkey).name, createPublicKey(privateKey)) !== vkey)
    throw new Error(`${keyFile} is not the key of this log`);
  return { privateKey, vkey };
}

function publish(vkey: string, path: string): void {
  const content = `${vkey}\n`;
  if (!existsSync(path) || readFileSync(path, 'utf8') !== content) writeDurably(path, content, 0o644);
}
