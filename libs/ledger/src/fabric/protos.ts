import { createRequire } from 'node:module';
import type * as Messages from '@hyperledger/fabric-protos';

let loaded: typeof Messages | undefined;

/**
 * Fabric's message types. Loaded at once and on first use: verifying evidence is synchronous, and whoever only ever sees
 * evidence of a log must not load them.
 */
export function protos(): typeof Messages {
  loaded ??= createRequire(import.meta.url)('@hyperledger/fabric-protos') as typeof Messages;
  return loaded;
}
