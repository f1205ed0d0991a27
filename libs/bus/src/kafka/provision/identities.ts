import { deadTopicOf, type DeadTopic, type PipelineTopic, type Topic, topics } from '../../topics.js';

export interface Reading {
  readonly topic: Topic;
  /** Also the name of the reading service. */
  readonly group: string;
  readonly from: 'group' | 'start';
}

export interface Identity {
  readonly writes: readonly PipelineTopic[];
  readonly reads: readonly Omit<Reading, 'group'>[];
}

const goesOn = <Name extends Topic>(topic: Name) => ({ topic, from: 'group' }) as const;
const fromStart = <Name extends Topic>(topic: Name) => ({ topic, from: 'start' }) as const;

const adapter: Identity = {
  writes: ['clinical.received', 'intake.refused'],
  reads: [fromStart('registry.changed')],
};

/** HL7 alone cuts messages into fragments, which registration puts together. */
const hl7Adapter: Identity = {
  writes: [...adapter.writes, 'intake.fragment'],
  reads: [...adapter.reads, goesOn('intake.assembled')],
};

/**
 * Who writes and who reads what: one identity per service, by which its group and its principal are called. A test
 * holds this against the `@EventPattern`s of the apps. The refused records of a reader are its own to write.
 */
export const identities = {
  registration: {
    // Received: an event that was refused is put on its way again, by an operator.
    // Refused: fragments of which no message came.
    writes: [
      ...([
        'clinical.certified',
        'clinical.tested',
        'registry.changed',
        'person.changed',
        'clinical.received',
      ] as const),
      ...(['intake.assembled', 'intake.refused'] as const),
    ],
    reads: [
      ...[goesOn('clinical.received'), goesOn('clinical.anchored'), goesOn('intake.refused')],
      goesOn('intake.fragment'),
    ],
  },
  'adapter-hl7': hl7Adapter,
  'adapter-db': adapter,
  'ledger-writer': {
    writes: ['clinical.anchored'],
    reads: [goesOn('clinical.certified')],
  },
  query: {
    writes: ['access.recorded'],
    reads: [
      goesOn('access.recorded'),
      goesOn('clinical.certified'),
      goesOn('clinical.tested'),
      goesOn('clinical.anchored'),
      goesOn('person.changed'),
      goesOn('clinical.received.registration.dead'),
      goesOn('intake.refused'),
      fromStart('registry.changed'),
    ],
  },
} as const satisfies Readonly<Record<string, Identity>>;

export type ServiceName = keyof typeof identities;

export const serviceNames = Object.keys(identities) as readonly ServiceName[];

/** Every reading of the product. */
export function readings(): readonly Reading[] {
  return serviceNames.flatMap((group) => identities[group].reads.map((reading) => ({ ...reading, group })));
}

/** Where refused records of a service go. */
export function deadTopicsOf(service: ServiceName): readonly DeadTopic[] {
  return identities[service].reads.map(({ topic }) => deadTopicOf(topic, service));
}

/** Every topic of the product: the facts, and the refused records of each reader. */
export function pipelineTopics(): readonly Topic[] {
  return [...(Object.keys(topics) as PipelineTopic[]), ...serviceNames.flatMap(deadTopicsOf)];
}
