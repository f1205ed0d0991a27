import { GatewayError } from '@hyperledger/fabric-gateway';
import { pause } from './attempts.js';
import type { Connection } from './connect.js';
import { type FabricBatch, parseHeldBatch } from './evidence/held-batch.js';
import type { FabricTrouble } from './fabric-options.js';
import { textOf } from './failure.js';

/** How far a follower has come: the last transaction that it applied. Plain JSON. */
export interface FabricCheckpoint {
  readonly blockNumber: number;
  readonly transactionId: string;
}

export interface FollowOptions {
  /** Where an earlier follower ended; undefined begins with the channel's first block. */
  readonly checkpoint: FabricCheckpoint | undefined;
  /**
   * Called for every batch that any organisation anchored, in the order of the channel, one at a time. Stores its effect
   * and the checkpoint in one database transaction: what is not stored comes again.
   */
  readonly apply: (batch: FabricBatch, checkpoint: FabricCheckpoint) => Promise<void>;
  readonly signal: AbortSignal;
}

const eventName = 'BatchAnchored';

/** Resolves when `signal` is aborted. Lost lines are taken up again; what `apply` throws ends it. */
export async function follow(
  connection: Connection,
  { checkpoint, apply, signal }: FollowOptions,
  report: (trouble: FabricTrouble) => void,
): Promise<void> {
  let reached = checkpoint;
  let failures = 0;
  const reach = async (batch: FabricBatch | undefined, next: FabricCheckpoint) => {
    if (batch !== undefined) await apply(batch, next);
    reached = next;
    failures = 0;
  };
  do {
    try {
      await readLine(connection, { reached, reach, signal });
    } catch (error) {
      // What `apply` threw is not about the line.
      if (!(error instanceof GatewayError)) throw error;
      if (!signal.aborted) report({ step: 'follow', message: textOf(error), needsPerson: false });
    }
  } while (await pause(failures++, signal));
}

interface Reading {
  readonly reached: FabricCheckpoint | undefined;
  readonly reach: (batch: FabricBatch | undefined, next: FabricCheckpoint) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Until the line is lost or `signal` is aborted. */
async function readLine({ network, account }: Connection, { reached, reach, signal }: Reading): Promise<void> {
  const events = await network.getChaincodeEvents(account.chaincode, startAt(reached));
  const stop = () => {
    events.close();
  };
  signal.addEventListener('abort', stop);
  // It may have been aborted while the line was opened.
  if (signal.aborted) stop();
  try {
    for await (const { blockNumber, transactionId, eventName: name, payload } of events) {
      const batch = name === eventName ? parseHeldBatch(Buffer.from(payload).toString('utf8')) : undefined;
      await reach(batch, { blockNumber: Number(blockNumber), transactionId });
    }
  } finally {
    signal.removeEventListener('abort', stop);
    events.close();
  }
}

function startAt(reached: FabricCheckpoint | undefined) {
  if (reached === undefined) return { startBlock: 0n };
  const { blockNumber, transactionId } = reached;
  return { checkpoint: { getBlockNumber: () => BigInt(blockNumber), getTransactionId: () => transactionId } };
}
