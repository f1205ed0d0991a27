import type { Consumer as KafkajsConsumer, EachBatchPayload } from 'kafkajs';
import { Unavailable } from '@anamnesis/core';
import { deadLetter } from '../../dead-letter.js';
import { backOff, Delivery } from '../../deliver.js';
import type { ConsumeOptions, DeliveredRecord, Refusal, ReportDefect } from '../../event-bus.js';
import { deadTopicOf } from '../../topics.js';
import type { ClusterAdmin } from '../cluster-admin.js';
import { clientLimits, type KafkaClient, openKafkaClient } from '../kafka-client.js';
import type { KafkaConnection } from '../kafka-options.js';
import type { Names } from '../names.js';
import type { Publisher } from '../publish/publisher.js';
import { asUnavailable, unavailable } from '../translate-error.js';
import { within } from '../within.js';
import { Assignment } from './assignment.js';
import { consumerLimits } from './consumer-limits.js';
import { Fetching } from './fetching.js';
import { gatedAssigner } from './gated-assigner.js';
import type { Overruns } from './overrun.js';
import { PartitionFeed } from './partition-feed.js';
import type { Offsets } from './offset-commits.js';
import { nextOf, type Place, readPlaces } from './positions.js';

export interface MemberContext {
  readonly connection: KafkaConnection;
  readonly admin: ClusterAdmin;
  readonly publisher: Publisher;
  readonly names: Names;
  readonly overruns: Overruns;
  readonly report: ReportDefect;
}

export interface MemberEvents {
  /** Of the topic. */
  readonly partitions: number;
  /** `next` is the offset of the first record not yet settled. */
  readonly arrived: (partition: number, next: number) => void;
  /** It delivers nothing any more and will not by itself. */
  readonly failed: (error: unknown) => void;
  /** It joined, or fetched or beat with the partitions of a join. */
  readonly progress: () => void;
}

/** A member of one group on one topic: joins, holds partitions, settles, hands them over, leaves. */
export class GroupMember {
  readonly groupId: string;
  readonly #options: ConsumeOptions;
  readonly #context: MemberContext;
  readonly #events: MemberEvents;
  readonly #topic: string;
  readonly #client: KafkaClient;
  readonly #kafkajs: KafkajsConsumer;
  readonly #fetching: Fetching;
  /** Of a reader from the start, which has its place here and nowhere else. */
  readonly #positions = new Map<number, number>();
  /** Refusals that are in the dead topic, though not yet settled. */
  readonly #buried = new WeakSet<readonly Refusal[]>();
  #assignment = new Assignment([], () => Promise.resolve(), undefined);
  #isRunning = false;
  #isLeaving = false;
  #placed!: () => void;

  constructor(options: ConsumeOptions, context: MemberContext, events: MemberEvents) {
    const { topic, group, from } = options;
    const { names } = context;
    this.#options = options;
    this.#context = context;
    this.#events = events;
    this.#topic = names.topic(topic);
    this.groupId = from === 'start' ? names.startGroup(group) : names.group(topic, group);
    this.#client = openKafkaClient(context.connection);
    this.#fetching = new Fetching(this.#topic, () => this.#kafkajs);
    this.#kafkajs = this.#open();
  }

  /** Resolves when it has partitions, or none because others have them all. */
  async join(): Promise<void> {
    const placed = new Promise<void>((resolve) => (this.#placed = resolve));
    const { GROUP_JOIN, HEARTBEAT, FETCH, STOP, CRASH } = this.#kafkajs.events;
    let isJoined = false;
    const { failed, partitions } = this.#events;
    this.#kafkajs.on(HEARTBEAT, () => {
      this.#fetching.beat();
      this.#isAlive();
    });
    this.#kafkajs.on(FETCH, () => {
      this.#isAlive();
    });
    this.#kafkajs.on(GROUP_JOIN, ({ payload }) => {
      this.#assigned(payload.memberAssignment[this.#topic] ?? []);
    });
    this.#kafkajs.on(STOP, () => {
      this.#isRunning = false;
      this.#assignment.end();
      this.#fetching.forget();
    });
    let crash: unknown;
    const crashed = new Promise<never>((_, reject) => {
      this.#kafkajs.on(CRASH, ({ payload: { error, restart } }) => {
        crash = error;
        // kafkajs starts again after what it takes for passing; after anything else it would stay deaf for good.
        if (restart) return;
        if (isJoined) failed(unavailable(this.groupId, error));
        else reject(error);
      });
    });
    crashed.catch(() => undefined);
    try {
      await this.#kafkajs.connect();
      await this.#kafkajs.subscribe({ topics: [this.#topic], fromBeginning: true });
      await this.#kafkajs.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: Math.max(1, partitions),
        eachBatch: (payload) => this.#take(payload),
      });
      await within(Promise.race([placed, crashed]), consumerLimits.joinMs, this.groupId);
      isJoined = true;
    } catch (error) {
      throw asUnavailable(this.groupId, crash ?? error);
    }
  }

  /** Waits for what is in hand, settles it and leaves the group. */
  async leave(): Promise<void> {
    this.#isLeaving = true;
    this.#halt();
    await this.#assignment.ended();
    this.#fetching.end();
    // Whatever hangs in there is cut off next, and the answer of a fetch that nobody waits for.
    await within(this.#kafkajs.stop(), consumerLimits.leaveMs, this.groupId).catch(() => undefined);
    this.#client.fence();
    this.#kafkajs.disconnect().catch(() => undefined);
    if (this.#options.from !== 'start') return;
    // Kafka itself drops a group without members and places; this is only sooner.
    await this.#context.admin.ask(this.groupId, (admin) => admin.deleteGroups([this.groupId])).catch(() => undefined);
  }

  #open(): KafkajsConsumer {
    const limits = consumerLimits;
    return this.#client.kafka.consumer({
      groupId: this.groupId,
      sessionTimeout: limits.sessionTimeoutMs,
      heartbeatInterval: limits.heartbeatIntervalMs,
      rebalanceTimeout: limits.rebalanceTimeoutMs,
      metadataMaxAge: clientLimits.metadataMaxAgeMs,
      maxWaitTimeInMs: limits.heldUpWaitMs,
      maxBytes: limits.fetchBytes,
      maxBytesPerPartition: limits.fetchBytesPerPartition,
      allowAutoTopicCreation: false,
      retry: { ...limits.retry, restartOnFailure: () => Promise.resolve(!this.#isLeaving) },
      partitionAssigners: [gatedAssigner(() => this.#handOver(), this.#fetching)],
    });
  }

  /**
   * Of a join that came to nothing before the coordinator heard of it kafkajs says nothing: it beats and fetches on as before,
   * without the partitions that were given up for it.
   */
  #isAlive(): void {
    if (!this.#assignment.isLost) this.#events.progress();
  }

  /** Before each join: what is in hand is settled in the group's name while it is still ours. */
  async #handOver(): Promise<void> {
    this.#halt();
    await this.#assignment.giveUp(consumerLimits.handOverMs);
  }

  /** Ends deliveries, and fetches that would only be thrown away. */
  #halt(): void {
    this.#assignment.end();
    if (this.#isRunning) this.#fetching.hold(this.#assignment.partitions);
  }

  #assigned(partitions: readonly number[]): void {
    this.#events.progress();
    this.#isRunning = true;
    const commit = (offsets: Offsets) => this.#commit(assignment, offsets);
    const assignment: Assignment = new Assignment(partitions, commit, this.#assignment);
    this.#assignment = assignment;
    // Nothing is fetched before the places are known; kafkajs would take its own.
    this.#fetching.forget();
    this.#fetching.beat();
    this.#fetching.hold(partitions);
    if (this.#isLeaving) assignment.end();
    this.#place(assignment).catch(this.#events.failed);
  }

  async #place(assignment: Assignment): Promise<void> {
    // A handler that outlived its hand-over: calls for one partition do not overlap.
    await assignment.clear;
    for (let attempt = 0; !assignment.signal.aborted; attempt++) {
      try {
        const groupId = this.#options.from === 'start' ? undefined : this.groupId;
        const places = await readPlaces(this.#context.admin, this.#topic, groupId);
        this.#feed(assignment, places);
        return;
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        await backOff(attempt, assignment.signal);
      }
    }
  }

  #feed(assignment: Assignment, places: readonly Place[]): void {
    if (assignment.signal.aborted) return;
    const { topic, group } = this.#options;
    for (const place of places.filter(({ partition }) => assignment.partitions.includes(partition))) {
      const { partition } = place;
      this.#context.overruns.note(topic, group, place);
      const position = Math.max(nextOf(place), this.#positions.get(partition) ?? 0);
      this.#events.arrived(partition, position);
      const feed = this.#newFeed(assignment, partition, position);
      assignment.feeds.set(partition, feed);
      feed.done.catch(this.#events.failed);
      this.#fetchFrom(partition, position);
    }
    this.#placed();
  }

  #newFeed(assignment: Assignment, partition: number, position: number): PartitionFeed {
    const { signal } = assignment;
    const settle = (records: readonly DeliveredRecord[], refusals: readonly Refusal[]): Promise<void> =>
      this.#settle(assignment, records, refusals);
    const delivery = new Delivery({ ...this.#options, settle, signal, report: this.#context.report });
    return new PartitionFeed({
      ...this.#options,
      partition,
      position,
      signal,
      deliver: (records) => delivery.deliver(records),
      setFetching: (isFetching) => {
        if (isFetching) this.#fetching.letGo(partition);
        else this.#fetching.hold([partition]);
      },
      refetch: (offset) => {
        this.#fetchFrom(partition, offset);
      },
    });
  }

  #fetchFrom(partition: number, offset: number): void {
    this.#kafkajs.seek({ topic: this.#topic, partition, offset: String(offset) });
    this.#fetching.letGo(partition);
  }

  #take(payload: EachBatchPayload): Promise<void> {
    const assignment = this.#assignment;
    const feed = assignment.feeds.get(payload.batch.partition);
    if (feed && !assignment.signal.aborted && payload.isRunning() && !payload.isStale()) {
      assignment.commit = (offsets) => payload.commitOffsetsIfNecessary(offsets);
      feed.accept(payload);
    }
    return Promise.resolve();
  }

  async #settle(
    assignment: Assignment,
    records: readonly DeliveredRecord[],
    refusals: readonly Refusal[],
  ): Promise<void> {
    const { topic, group, from } = this.#options;
    const last = records.at(-1);
    if (last === undefined) return;
    assignment.mustBeOurs();
    if (refusals.length > 0 && !this.#buried.has(refusals)) {
      const letters = refusals.map((refusal) => deadLetter(group, refusal));
      await this.#context.publisher.publish(deadTopicOf(topic, group), letters);
      this.#buried.add(refusals);
    }
    const { partition } = last;
    const next = last.offset + 1;
    if (from === 'start') this.#positions.set(partition, next);
    else {
      assignment.mustBeOurs();
      await assignment.commits.add(partition, next);
    }
    this.#events.arrived(partition, next);
  }

  async #commit(assignment: Assignment, offsets: Offsets): Promise<void> {
    assignment.mustBeOurs();
    const partitions = [...offsets].map(([partition, next]) => ({ partition, offset: String(next) }));
    try {
      await assignment.commit?.({ topics: [{ topic: this.#topic, partitions }] });
    } catch (error) {
      throw unavailable(this.groupId, error);
    }
  }
}
