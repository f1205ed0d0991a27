import { readFileSync } from 'node:fs';
import type { PasswordPlace } from '@anamnesis/fhir';
import { SourceFault } from './source-fault.js';

/** A password from where the mapping file says that it stands; empty: it names no place. Throws `SourceFault`. */
export function passwordOf({ passwordFile, passwordVariable }: PasswordPlace): string {
  if (passwordFile !== undefined) return readOrFail(passwordFile, 'passwordFile').trim();
  if (passwordVariable === undefined) return '';
  const password = process.env[passwordVariable];
  if (password === undefined)
    throw new SourceFault('credentials-missing', `the environment variable ${passwordVariable} is not set`);
  return password;
}

export function readOrFail(path: string, setting: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new SourceFault('credentials-missing', `${setting}: ${path} cannot be read`);
  }
}
