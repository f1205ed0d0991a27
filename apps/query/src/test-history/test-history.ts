import { Injectable } from '@nestjs/common';
import { foldStatements, Rejected } from '@anamnesis/core';
import { assemble } from '@anamnesis/fhir';
import { Keys } from '@anamnesis/runtime';
import { Store, type TestMessage } from '@anamnesis/store';
import { Archive } from '../archive/archive.js';
import { runIn, select } from '../archive/rows.js';
import { type FhirResource, isObject } from '../fhir/fhir-json.js';
import { factOf, type FactOf } from '../project/facts.js';
import { testedKey } from '../project/judge-facts.js';
import { isNumbered, readAs } from '../project/read-as.js';
import { resourceName, saidOf, type Stated } from '../project/resource-fold.js';
import { statementsOf } from '../project/statements-of.js';
import { SweepContent } from './sweep-content.js';
import { testedAliases } from './tested-aliases.js';

/** Messages of one patient, of one source, that a resource is folded from: the latest ones. */
const messagesMax = 500;
const purgedAtOnce = 500;

/** Test messages of one source, up to a time. */
export interface Purge {
  readonly facility: string;
  readonly application: string;
  /** ISO 8601 UTC, inclusive. */
  readonly until: string;
}

/**
 * What sources said in testing: messages in the archive, and resources that are made when they are asked for and kept
 * nowhere. It has no persons, and reads nothing of the patients' history.
 */
@Injectable()
export class TestHistory {
  // eslint-disable-next-line max-params -- injected
  constructor(
    private readonly store: Store,
    private readonly archive: Archive,
    private readonly keys: Keys,
    private readonly content: SweepContent,
  ) {}

  /**
   * The resources that a test message speaks of, as they were after it: of everything that its source had said in testing
   * about the same patient; visits and accounts that it merged are one. Throws `Rejected`: `not-found` (also for a refused one), `gone` when it does not open any more.
   */
  async resourcesAfter(eventId: string): Promise<readonly FhirResource[]> {
    const sql = 'SELECT * FROM test_message WHERE id = ?';
    const [message] = await select<TestMessage>(this.store.reader.manager, sql, [eventId]);
    if (message === undefined) throw new Rejected('not-found', 'no such test message');
    if (message.code !== null) throw new Rejected('not-found', 'the test message was refused: nothing is made of it');
    const facts = await this.#factsUpTo(message);
    const aliases = testedAliases(
      facts.map(({ header }) => header.event),
      this.keys.deploymentKey,
    );
    const stated = facts
      .flatMap((fact) => this.#statementsOf(fact))
      .map((one) => readAs(one, isNumbered(one.resourceType) ? aliases.finalOf(one.id) : one.id));
    const own = stated.filter((one) => one.eventId === eventId);
    // What the message leaves out of a list is ended by it.
    const listed = stated.filter((one) => one.listed !== undefined);
    const resources = new Map([...own, ...listed].map((one) => [resourceName(one), one]));
    if (own.length === 0 && !(await this.#opens(eventId)))
      throw new Rejected('gone', 'the content of this test message is gone');
    return [...resources.values()].flatMap((resource) => {
      const said = saidOf(resource, stated);
      if (!said.some((one) => one.eventId === eventId)) return [];
      const { resourceType, id, slots, last } = foldStatements(said);
      const made = assemble(resourceType, id, slots);
      return { ...made, meta: { ...(isObject(made.meta) && made.meta), ...metaOf(last.eventId) } };
    });
  }

  /**
   * Destroys content and rows of test messages, for good: a rebuild does not bring them back. Their documents open no more, and
   * are removed later, where no other message has them. Gives how many messages there were.
   */
  async purge({ facility, application, until }: Purge): Promise<number> {
    let purged = 0;
    for (;;) {
      const count = await this.store.transaction(async (manager) => {
        await this.archive.lock(manager);
        const rows = await select<{ id: string }>(
          manager,
          `SELECT id FROM test_message WHERE facility = ? AND application = ? AND receivedAt <= ? LIMIT ${purgedAtOnce}`,
          [facility, application, until],
        );
        const ids = rows.map(({ id }) => id);
        await this.content.note(manager, await this.archive.byKey(manager, ids.map(testedKey)));
        await runIn(manager, 'DELETE FROM content_key WHERE recordKey IN', ids);
        await runIn(manager, 'DELETE FROM test_message WHERE id IN', ids);
        return ids.length;
      });
      purged += count;
      if (count < purgedAtOnce) break;
    }
    this.archive.forgetKeys();
    return purged;
  }

  /** In the order of the archive. */
  async #factsUpTo({ testKey, seq }: TestMessage): Promise<readonly FactOf<'test'>[]> {
    const { manager } = this.store.reader;
    const rows = await select<{ seq: number }>(
      manager,
      `SELECT seq FROM test_message WHERE testKey = ? AND seq <= ? AND code IS NULL ORDER BY seq DESC LIMIT ${messagesMax}`,
      [testKey, seq],
    );
    const entries = await this.archive.bySeq(
      manager,
      rows.map((row) => row.seq),
    );
    return [...entries]
      .sort((a, b) => a.seq - b.seq)
      .map(factOf)
      .filter((fact): fact is FactOf<'test'> => fact?.kind === 'test');
  }

  #statementsOf({ header: { event, verdict } }: FactOf<'test'>): readonly Stated[] {
    return statementsOf({ event, certification: { recordKey: verdict.recordKey } }, this.keys.deploymentKey);
  }

  /** A message that no mapping reads states nothing, and opens all the same. */
  async #opens(eventId: string): Promise<boolean> {
    const [entry] = await this.archive.byKey(this.store.reader.manager, [testedKey(eventId)]);
    return entry !== undefined && factOf(entry) !== undefined;
  }
}

/** `HTEST` says in FHIR's own words that this is no health record of anybody. */
function metaOf(eventId: string) {
  return {
    source: `urn:anamnesis:event:${eventId}`,
    security: [
      {
        system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason',
        code: 'HTEST',
        display: 'test health data',
      },
    ],
  };
}
