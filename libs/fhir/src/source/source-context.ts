import { resourceId, type SourceFact } from '@anamnesis/core';
import type { MappingContext } from '../v2/mapping-context.js';
import { type Authorities, isOwnAuthority, systemOf } from './authority-systems.js';
import { translationOf } from './translation-of.js';

/** What stands around a message of a source. */
export interface SourceSetting {
  readonly source: SourceFact;
  readonly authorities: Authorities;
  readonly deploymentKey: Uint8Array;
  /** ISO 8601 UTC. */
  readonly receivedAt: string;
}

/** The context in which messages of a source are mapped: at intake, and again from their stored bytes. */
export function sourceContext({ source, authorities, deploymentKey, receivedAt }: SourceSetting): MappingContext {
  return {
    facility: source.facility,
    application: source.application,
    zone: source.zone,
    receivedAt,
    systemOf: (authority) => systemOf(source, authority),
    resourceId: (type, system, key) => resourceId(deploymentKey, type, system, key),
    isOwnAuthority: (system) => isOwnAuthority(authorities, source, system),
    translate: (system, code) => translationOf(source, system, code),
  };
}
