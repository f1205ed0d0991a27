import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs, { type AclEntry, type AclFilter } from 'kafkajs';
import { Unavailable } from '@anamnesis/core';
import type { Topic } from '../../topics.js';
import { ClusterAdmin } from '../cluster-admin.js';
import type { KafkaConnection, KafkaTopicPromises } from '../kafka-options.js';
import { Names } from '../names.js';
import { aclsOf, type Principals } from './acls.js';
import { checkTopics, settingFaultsOf, shapeFaultsOf } from './check-topics.js';
import { pipelineTopics } from './identities.js';
import { type FoundTopic, readTopics } from './read-topics.js';
import { planOf, type TopicPlan } from './topic-plan.js';

const everyAcl: AclFilter = {
  resourceType: kafkajs.AclResourceTypes.ANY,
  resourcePatternType: kafkajs.ResourcePatternTypes.ANY,
  operation: kafkajs.AclOperationTypes.ANY,
  permissionType: kafkajs.AclPermissionTypes.ANY,
};
const createTimeoutMs = 10_000;
const settleTimeoutMs = 30_000;
const settlePollMs = 100;

export interface ProvisionOptions extends KafkaConnection {
  readonly topicPrefix?: string;
  readonly topics: KafkaTopicPromises;
  /** Give each service its rights; `principals` where the cluster calls one otherwise. Default: none are touched. */
  readonly acls?: { readonly principals?: Principals };
  /** Default: every topic of the product. */
  readonly only?: readonly Topic[];
}

/** What was done, by the cluster's names; all empty: everything was as it should be. */
export interface Provisioned {
  readonly created: readonly string[];
  /** `<topic>: <setting> is <found>, demanded <demanded>`, put right. */
  readonly altered: readonly string[];
  readonly unchanged: readonly string[];
  /** How many rights are in force; they are given again each time. */
  readonly acls: number;
}

interface Wanted {
  readonly name: string;
  readonly plan: TopicPlan;
}

/**
 * Creates the topics and puts their settings right. May run at any time, again, and in several places at once. Throws
 * a `TypeError` for what cannot be put right (partitions, replicas), and `Unavailable`.
 */
export async function provision(options: ProvisionOptions): Promise<Provisioned> {
  const { topicPrefix, topics: promises, acls, only = pipelineTopics() } = options;
  const names = new Names(topicPrefix);
  const admin = new ClusterAdmin(options);
  try {
    const wanted = only.map((topic) => ({ name: names.topic(topic), plan: planOf(topic, promises) }));
    const before = await readTopics(
      admin,
      wanted.map(({ name }) => name),
    );
    const created = wanted.filter(({ name }) => !before.has(name));
    await createAll(admin, created);
    const altered = await alterAll(admin, wanted, before);
    await settled(() => checkTopics(admin, { topics: only, names, promises }));
    const entries = acls ? aclsOf(names, acls.principals) : [];
    if (entries.length > 0) await grant(admin, entries);
    const alteredNames = new Set(altered.map(({ name }) => name));
    return {
      created: created.map(({ name }) => name),
      altered: altered.flatMap(({ name, faults }) => faults.map((fault) => `${name}: ${fault}`)),
      unchanged: [...before.keys()].filter((name) => !alteredNames.has(name)),
      acls: entries.length,
    };
  } finally {
    await admin.close();
  }
}

/** One that another has made in the meantime is no error. */
async function createAll(admin: ClusterAdmin, wanted: readonly Wanted[]): Promise<void> {
  if (wanted.length === 0) return;
  await admin.ask('create topics', (asked) =>
    asked.createTopics({
      timeout: createTimeoutMs,
      waitForLeaders: false,
      topics: wanted.map(({ name, plan }) => ({
        topic: name,
        numPartitions: plan.partitions,
        replicationFactor: plan.replicationFactor,
        configEntries: plan.settings.map((setting) => ({ name: setting.name, value: setting.value })),
      })),
    }),
  );
}

interface Altered {
  readonly name: string;
  readonly faults: readonly string[];
}

async function alterAll(
  admin: ClusterAdmin,
  wanted: readonly Wanted[],
  before: ReadonlyMap<string, FoundTopic>,
): Promise<readonly Altered[]> {
  const existing = wanted.flatMap(({ name, plan }) => {
    const found = before.get(name);
    return found ? [{ name, found, shape: shapeFaultsOf(found, plan), faults: settingFaultsOf(found, plan) }] : [];
  });
  const beyond = existing.flatMap(({ name, shape }) => shape.map((fault) => `${name}: ${fault}`));
  if (beyond.length > 0) throw new TypeError(`Kafka topics that cannot be put right: ${beyond.join('; ')}`);
  const faulty = existing.filter(({ faults }) => faults.length > 0);
  if (faulty.length === 0) return [];
  const resources = faulty.map(({ name, found, faults }) => {
    // The call replaces all settings of the topic: what it leaves out goes back to its default.
    const own = [...found.settings].filter(([, { isOwn }]) => isOwn).map(([key, { value }]) => [key, value] as const);
    const merged = new Map([...own, ...faults.map((fault) => [fault.name, fault.value] as const)]);
    const configEntries = [...merged].map(([key, value]) => ({ name: key, value }));
    return { type: kafkajs.ConfigResourceTypes.TOPIC, name, configEntries };
  });
  await admin.ask('alter topics', (asked) => asked.alterConfigs({ validateOnly: false, resources }));
  return faulty.map(({ name, faults }) => ({ name, faults: faults.map(({ fault }) => fault) }));
}

/** Resolves when they are in force on the broker that was asked. */
async function grant(admin: ClusterAdmin, entries: readonly AclEntry[]): Promise<void> {
  await admin.ask('rights', (asked) => asked.createAcls({ acl: [...entries] }));
  await settled(async () => {
    const { resources } = await admin.ask('rights', (asked) => asked.describeAcls(everyAcl));
    const inForce = new Set(resources.flatMap((one) => one.acls.map((acl) => nameOfAcl({ ...one, ...acl }))));
    const missing = entries.filter((entry) => !inForce.has(nameOfAcl(entry)));
    if (missing.length > 0) throw new TypeError(`${missing.length} rights are not in force`);
  });
}

function nameOfAcl({ resourceType, resourceName, resourcePatternType, principal, operation }: AclEntry): string {
  return [resourceType, resourceName, resourcePatternType, principal, operation].join(' ');
}

/** Brokers hear of a change one after the other. */
async function settled(check: () => Promise<void>): Promise<void> {
  const endMs = performance.now() + settleTimeoutMs;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      // One that has not heard yet may know nothing of the topic at all.
      const isPassing = error instanceof TypeError || error instanceof Unavailable;
      if (!isPassing || performance.now() > endMs) throw error;
      await sleep(settlePollMs);
    }
  }
}
