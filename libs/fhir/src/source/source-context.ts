import { resourceId, type SourceFact } from '@anamnesis/core';
import type { MappingContext } from '../v2/mapping-context.js';
import { type RecentReadings, recentReadings } from '../v2/recent-readings.js';
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
    recent: readingsOf(source, deploymentKey),
    ...(source.snapshots && { snapshots: source.snapshots }),
  };
}

/** Ids hang on the deployment key, systems and translations on the source as it is now: a change of it begins anew. */
const readings = new WeakMap<Uint8Array, WeakMap<SourceFact, RecentReadings>>();

function readingsOf(source: SourceFact, deploymentKey: Uint8Array): RecentReadings {
  let bySource = readings.get(deploymentKey);
  if (bySource === undefined) readings.set(deploymentKey, (bySource = new WeakMap()));
  let known = bySource.get(source);
  if (known === undefined) bySource.set(source, (known = recentReadings()));
  return known;
}
