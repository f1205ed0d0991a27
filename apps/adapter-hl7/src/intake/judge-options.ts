import type { EventBus } from '@anamnesis/bus';
import type { ContentStore } from '@anamnesis/content';
import type { SourceFact } from '@anamnesis/core';
import type { Rules } from '@anamnesis/hl7v2';
import type { SourceKeys, SourceRegistry } from '@anamnesis/runtime';
import type { AdapterMetrics } from '../adapter-metrics.js';
import type { DefectWatch } from '../defect-watch.js';
import type { Peer } from '../mllp/block.js';
import type { RecentMessages } from './recent-messages.js';
import type { Senders } from '../sources/senders.js';

/** Sources that were seen to send DSC-1 by this instance; registration tells all of them soon after. */
export type Fragmenting = Set<string>;

export interface JudgeOptions {
  readonly bus: EventBus;
  readonly publishTimeoutMs: number;
  readonly deploymentKey: Uint8Array;
  readonly contactTimeoutMs: number;
  /** Of what is taken out of a message, and of what may be left of it. */
  readonly detachBytesMin: number;
  readonly restBytesMax: number;
  readonly content: Pick<ContentStore, 'put'>;
  readonly registry: SourceRegistry;
  readonly senders: Senders;
  readonly sourceKeys: SourceKeys;
  readonly recent: RecentMessages;
  readonly fragmenting: Fragmenting;
  readonly metrics: AdapterMetrics;
  readonly defects: DefectWatch;
  /** Being loaded: the first message waits for them. */
  readonly rules: Promise<Rules>;
}

/** From whom a message is, and by which way it came. */
export interface From {
  readonly source: SourceFact;
  readonly peer: Peer;
}
