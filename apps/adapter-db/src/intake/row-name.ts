import { base32, canonicalJson, keyedHash, type RowValue } from '@anamnesis/core';

export interface NamedRow {
  readonly table: string;
  readonly key: readonly RowValue[];
}

/**
 * What a row is called where its key must not stand, since it may be a patient's number: in ids of messages, and in what
 * operators read.
 */
export function rowName({ table, key }: NamedRow, sourceId: string, deploymentKey: Uint8Array): string {
  const row = JSON.stringify(['row', sourceId, table, canonicalJson(key)]);
  return base32(keyedHash(deploymentKey, row).subarray(0, 10));
}
