import { resourceId } from '@anamnesis/core';
import type { RowContext } from './row-context.js';

const key = Buffer.alloc(32, 7);

/** The context of a database of a facility in Karachi, for tests. */
export function rowContext(facility: string, overrides: Partial<RowContext> = {}): RowContext {
  return {
    ...{ facility, application: 'PAS', zone: undefined, receivedAt: '2026-03-09T00:00:00.000Z' },
    systemOf: ({ namespaceId }) => `urn:anamnesis:authority:${namespaceId}`,
    resourceId: (type, system, businessKey) => resourceId(key, type, system, businessKey),
    isOwnAuthority: () => true,
    ...overrides,
  };
}
