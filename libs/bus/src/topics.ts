const dayMs = 24 * 60 * 60 * 1000;

/** The facts that travel between apps; see ARCHITECTURE.md for who writes and who reads each. */
export type PipelineTopic =
  | 'clinical.received'
  | 'clinical.certified'
  | 'clinical.tested'
  | 'clinical.anchored'
  | 'registry.changed'
  | 'person.changed'
  | 'intake.refused'
  | 'intake.fragment'
  | 'intake.assembled'
  | 'access.recorded';

/** Refused records of one group: `<topic>.<group>.dead`. */
export type DeadTopic = `${PipelineTopic}.${string}.dead`;
export type Topic = PipelineTopic | DeadTopic;

export interface TopicSettings {
  /** Never changes after the topic's creation: the order of a key hangs on it. */
  readonly partitions: number;
  /** Keeps the last record of each key for good and drops older ones of that key some time after. */
  readonly isCompacted: boolean;
  /** Every record of a topic that is not compacted is kept at least this long. */
  readonly retentionMs: number;
}

const keyed: TopicSettings = { partitions: 4, isCompacted: false, retentionMs: 7 * dayMs };

/** Every topic of the product, alike on every backend. Dead topics are as their topic, and never compacted. */
export const topics: Readonly<Record<PipelineTopic, TopicSettings>> = {
  'clinical.received': keyed,
  'clinical.certified': keyed,
  // Of its own: whoever reads what is certified never meets what a source says in testing.
  'clinical.tested': keyed,
  'clinical.anchored': keyed,
  // One order over all subjects: a permission must not overtake the source that it is about.
  'registry.changed': { ...keyed, partitions: 1, isCompacted: true },
  'person.changed': keyed,
  'intake.refused': keyed,
  'intake.fragment': keyed,
  'intake.assembled': keyed,
  'access.recorded': keyed,
};

/** Where the group's refused records of the topic go: those of its own dead letters go back to these. */
export function deadTopicOf(topic: Topic, group: string): DeadTopic {
  return isDeadTopic(topic) && topic.endsWith(`.${group}.dead`) ? topic : `${topic}.${group}.dead`;
}

/** Throws on a name that is neither a pipeline topic nor a dead topic of one: that is a defect of the caller. */
export function settingsOf(topic: Topic): TopicSettings {
  if (!isDeadTopic(topic)) return topics[topic];
  for (const [name, settings] of Object.entries(topics)) {
    if (isDeadTopicOf(name, topic)) return { ...settings, isCompacted: false };
  }
  throw new TypeError(`no such topic: ${topic}`);
}

/** For names that come from outside the program, as a log file or a broker lists them. */
export function isTopic(name: string): name is Topic {
  return Object.keys(topics).some((topic) => name === topic || isDeadTopicOf(topic, name));
}

export function isDeadTopic(topic: Topic): topic is DeadTopic {
  return !Object.hasOwn(topics, topic);
}

function isDeadTopicOf(topic: string, name: string): boolean {
  return name.startsWith(`${topic}.`) && name.endsWith('.dead');
}
