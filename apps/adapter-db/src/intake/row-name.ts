import { createHmac } from 'node:crypto';
import { base32, canonicalJson, type RowValue } from '@anamnesis/core';

export interface NamedRow {
  readonly table: string;
  readonly key: readonly RowValue[];
}

/**
 * What a row is called where its key must not stand, since it may be a patient's number: in ids of messages, and in what
 * operators read.
 */
export function rowName({ table, key }: NamedRow, sourceId: string, deploymentKey: Uint8Array): string {
  const named = createHmac('sha256', deploymentKey)
    .update(JSON.stringify(['row', sourceId, table, canonicalJson(key)]))
    .digest();
  return base32(named.subarray(0, 10));
}
