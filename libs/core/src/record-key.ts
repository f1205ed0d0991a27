import type { Brand } from './brand.js';
import { keyedName } from './keyed-hash.js';
import { RecentResults } from './recent-results.js';

/** A patient identifier: the number and the system (authority) that issued it. */
export interface PatientIdentifier {
  /** URI of the assigning authority: `urn:oid:…`, `urn:uuid:…`, a URI, or `urn:anamnesis:authority:…`. */
  readonly system: string;
  readonly value: string;
}

/**
 * Key of one patient record on the bus and in every table: 32 characters of base32 that reveal nothing of the number.
 * The same for every facility that uses the number, so that one patient's events stay in order across senders.
 */
export type RecordKey = Brand<string, 'RecordKey'>;

/** Record key of a patient identifier under the deployment key. */
export function recordKey(deploymentKey: Uint8Array, identifier: PatientIdentifier): RecordKey {
  return keyed(deploymentKey, ['patient', identifier.system, identifier.value]) as RecordKey;
}

/** Record key of messages that name no patient: one per source. */
export function sourceRecordKey(deploymentKey: Uint8Array, facility: string, application: string): RecordKey {
  return keyed(deploymentKey, ['source', facility, application]) as RecordKey;
}

/**
 * Id of a FHIR resource: repeatable from its business key, opaque in URLs and logs (fhir.md I1). A Patient record's id
 * is `resourceId(key, 'Patient', system, value)`.
 */
// eslint-disable-next-line max-params -- the three parts of a business key
export function resourceId(deploymentKey: Uint8Array, type: string, system: string, businessKey: string): string {
  const parts = ['resource', type, system, businessKey];
  return happensOnce.has(type) ? keyedName(deploymentKey, JSON.stringify(parts)) : keyed(deploymentKey, parts);
}

/** What was observed and reported has a name of its own each time: to remember it would only push out what returns. */
const happensOnce: ReadonlySet<string> = new Set(['Observation', 'DiagnosticReport']);

/** Of each key, the ids asked for last: patients, practitioners and places return in message after message. */
const known = new WeakMap<Uint8Array, RecentResults>();
const knownMax = 20_000;

function keyed(key: Uint8Array, parts: readonly string[]): string {
  let results = known.get(key);
  if (results === undefined) known.set(key, (results = new RecentResults(knownMax)));
  return results.get(JSON.stringify(parts), (text) => keyedName(key, text));
}
