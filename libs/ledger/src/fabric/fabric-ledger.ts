import { setMaxListeners } from 'node:events';
import { Rejected, Unavailable } from '@anamnesis/core';
import { type AnchorEntry, type BatchId, isSameEntry, parseAnchorEntry, parseBatchId } from '../anchor-entry.js';
import type { Ledger } from '../ledger.js';
import { attempt, type Attempts, NotYet } from './attempts.js';
import { blockHeaders, type BlockRange } from './block-headers.js';
import { checkAccount } from './check-account.js';
import { connect, type Connection } from './connect.js';
import { heldBatch, heldPage } from './contract.js';
import { type FabricAnchor, type FabricEvidence, parseFabricAnchor } from './evidence/fabric-evidence.js';
import type { FabricBatch } from './evidence/held-batch.js';
import type { FabricBlockHeader } from './evidence/verify-fabric-growth.js';
import type { FabricLedgerOptions, FabricTrouble } from './fabric-options.js';
import { follow, type FollowOptions } from './follow.js';
import { InFlight } from './in-flight.js';
import { prove } from './prove.js';
import { submit } from './submit/submit.js';
import { ChannelTrust } from './trust/channel-trust.js';

const inFlightDefault = 50;
const pageSize = 200;
/** How long what is under way may take to end once the ledger closes: a part of the 15 s that a process has. */
const closeDeadlineMs = 5_000;

/** A channel of several organisations with what its operators need besides the port. */
export interface FabricLedger extends Ledger {
  anchor(entry: AnchorEntry): Promise<FabricAnchor>;
  find(batchId: BatchId): Promise<FabricAnchor | undefined>;
  prove(anchor: FabricAnchor): Promise<FabricEvidence>;

  /**
   * Tells of every batch that any organisation of the channel anchored, from a checkpoint on: at least once, in order.
   * Resolves when the signal is aborted or the ledger is closed; rejects with what `apply` throws.
   */
  follow(options: FollowOptions): Promise<void>;

  /** Every batch that the chaincode holds under the own name, in the order of their ids. Throws `Unavailable`. */
  batches(): AsyncIterable<FabricBatch>;

  /** Headers from one block up to another, both included: what `verifyFabricGrowth` needs. Throws `Unavailable`. */
  headers(range: BlockRange): Promise<readonly FabricBlockHeader[]>;
}

/** The ledger of a Fabric channel, as one of its organisations. Asks nobody yet. See README.md beside it. */
export function openFabricLedger(options: FabricLedgerOptions): FabricLedger {
  const { key, endsSoon, certificateEndsAt } = checkAccount(options);
  const message = `the certificate of ${options.mspId} ends on ${certificateEndsAt.toISOString()}`;
  if (endsSoon) options.report?.({ step: 'open', message, needsPerson: true });
  return new ChannelLedger(options, connect(options, key));
}

class ChannelLedger implements FabricLedger {
  readonly #options: FabricLedgerOptions;
  readonly #connection: Connection;
  readonly #trust: ChannelTrust;
  readonly #inFlight: InFlight;
  readonly #following = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  #closed: Promise<void> | undefined;

  constructor(options: FabricLedgerOptions, connection: Connection) {
    this.#options = options;
    this.#connection = connection;
    this.#trust = new ChannelTrust(connection, options.trust);
    this.#inFlight = new InFlight(options.inFlightMax ?? inFlightDefault);
    // Every pause of every entry listens to it.
    setMaxListeners(0, this.#closing.signal);
  }

  async anchor(entry: AnchorEntry): Promise<FabricAnchor> {
    const parsed = parseAnchorEntry(entry);
    return this.#inFlight.run(parsed.batchId, async () => {
      const { submissions } = this.#options;
      await submit(parsed, { connection: this.#connection, submissions, ...this.#attempts(parsed.batchId) });
      const batch = await this.#settled(parsed.batchId);
      if (isSameEntry(batch.entry, parsed)) return this.#anchorOf(batch);
      throw new Rejected('anchor-conflict', 'this batch is anchored with another content');
    });
  }

  async find(batchId: BatchId): Promise<FabricAnchor | undefined> {
    const parsed = parseBatchId(batchId);
    return this.#inFlight.run(parsed, async () => {
      const batch = await heldBatch(this.#connection, parsed, { step: 'read', ...this.#attempts(parsed) });
      return batch && this.#anchorOf(batch);
    });
  }

  async prove(anchor: FabricAnchor): Promise<FabricEvidence> {
    const parsed = parseFabricAnchor(anchor);
    const attempts = this.#attempts(parsed.batchId);
    return this.#inFlight.run(parsed.batchId, () =>
      prove(parsed, {
        connection: this.#connection,
        submissions: this.#options.submissions,
        trustAt: (configBlock) => this.#trust.at(configBlock, attempts),
        anchorOf: (batch) => this.#anchorOf(batch),
        ...attempts,
      }),
    );
  }

  async follow({ checkpoint, apply, signal }: FollowOptions): Promise<void> {
    this.#demandOpen();
    const either = AbortSignal.any([signal, this.#closing.signal]);
    const following = follow(this.#connection, { checkpoint, apply, signal: either }, this.#report);
    this.#following.add(following);
    try {
      await following;
    } finally {
      this.#following.delete(following);
    }
  }

  async *batches(): AsyncIterable<FabricBatch> {
    for (let bookmark: string | undefined = ''; bookmark !== undefined;) {
      this.#demandOpen();
      const page = await heldPage(
        this.#connection,
        { size: pageSize, bookmark },
        { step: 'read', ...this.#attempts() },
      );
      yield* page.batches;
      bookmark = page.bookmark;
    }
  }

  async headers(range: BlockRange): Promise<readonly FabricBlockHeader[]> {
    this.#demandOpen();
    return blockHeaders(this.#connection, range, { step: 'read', ...this.#attempts() });
  }

  async close(): Promise<void> {
    this.#closed ??= this.#close();
    await this.#closed;
  }

  async #close(): Promise<void> {
    const taken = this.#inFlight.close();
    this.#closing.abort();
    const ended = Promise.allSettled([taken, ...this.#following]);
    let deadline: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (deadline = setTimeout(resolve, closeDeadlineMs)));
    await Promise.race([ended, late]);
    clearTimeout(deadline);
    this.#connection.close();
  }

  /** What is on the ledger by now; the peer that is asked may be a moment behind the one that told. */
  async #settled(batchId: BatchId): Promise<FabricBatch> {
    const attempts = { step: 'read', ...this.#attempts(batchId) } as const;
    return attempt(async () => {
      const batch = await heldBatch(this.#connection, batchId, attempts);
      if (batch === undefined) throw new NotYet('the peer does not hold the batch yet');
      return batch;
    }, attempts);
  }

  #anchorOf({ entry, mspId, transactionId, claimedAt }: FabricBatch): FabricAnchor {
    const { channel, chaincode } = this.#options;
    const { batchId, root } = entry;
    return { ledger: 'fabric', batchId, root, channel, chaincode, mspId, transactionId, claimedAt };
  }

  #attempts(batchId?: BatchId): Omit<Attempts, 'step'> {
    const report = (trouble: FabricTrouble) => {
      this.#report({ ...(batchId && { batchId }), ...trouble });
    };
    return { signal: this.#closing.signal, report };
  }

  readonly #report = (trouble: FabricTrouble): void => {
    this.#options.report?.(trouble);
  };

  #demandOpen(): void {
    if (this.#closed !== undefined) throw new Unavailable('ledger', 'the ledger is closed');
  }
}
