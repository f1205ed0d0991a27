import type { ResourceState } from '@anamnesis/core';
import type { KeyRing } from '../archive/content-keys.js';

interface Versioned {
  readonly resourceType: string;
  readonly resourceId: string;
  readonly versionId: number;
  readonly recordKey: string;
}

/** What a sealed state is bound to: moved to another row it does not open. */
export function stateContext({ resourceType, resourceId, versionId }: Omit<Versioned, 'recordKey'>): string {
  return `resource/${resourceType}/${resourceId}/${versionId}`;
}

/** Undefined when it does not open any more. */
export function stateFrom(ring: KeyRing, version: Versioned, sealed: Uint8Array): ResourceState | undefined {
  try {
    const plain = ring.unseal(version.recordKey, sealed, stateContext(version));
    return JSON.parse(Buffer.from(plain).toString('utf8')) as ResourceState;
  } catch {
    return undefined; // altered or erased: told apart by whoever shows it
  }
}
