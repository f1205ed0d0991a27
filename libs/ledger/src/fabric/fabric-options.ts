import type { BatchId } from '../anchor-entry.js';
import type { FabricTrust } from './trust/fabric-trust.js';

/** What must survive the process. Submitting the same envelope again can never commit a second time. */
export interface Submission {
  readonly batchId: BatchId;
  readonly transactionId: string;
  /** The signed transaction, as submitted. */
  readonly envelope: Uint8Array;
  /** Canonical JSON of the evidence, once it was made: `prove` gives this from then on. */
  readonly evidence?: string | undefined;
}

/** A table of the application's own database. */
export interface Submissions {
  find(batchId: BatchId): Promise<Submission | undefined>;
  /** Durable when resolved; replaces an earlier one of the same batch. */
  save(submission: Submission): Promise<void>;
}

/** The steps of one entry, in order; errors and troubles name the one that failed. */
export type FabricStep = 'open' | 'endorse' | 'submit' | 'status' | 'read' | 'confirm' | 'follow';

export interface FabricTrouble {
  readonly step: FabricStep;
  readonly message: string;
  /** True: repeating cannot help, a person has to decide. False: it is being tried again. */
  readonly needsPerson: boolean;
  readonly batchId?: BatchId;
}

/** Whom to ask, and as whom. */
export interface FabricAccount {
  readonly channel: string;
  readonly chaincode: string;
  /** `host:port` of a peer of the own organisation. */
  readonly peer: string;
  /** PEM. Without it the line is plain text, which only a loopback address may use. */
  readonly peerTlsCa?: string | undefined;
  readonly mspId: string;
  /** PEM of a client certificate of that organisation (NodeOU `client`). */
  readonly certificate: string;
  /** PEM of its P-256 key. */
  readonly privateKey: string;
}

export interface FabricLedgerOptions extends FabricAccount {
  readonly submissions: Submissions;
  /** The trust that third parties were given. Evidence is then made under no other, even after the channel's configuration changed. */
  readonly trust?: FabricTrust | undefined;
  /** Told of every attempt that failed and of certificates that end soon; for the log. */
  readonly report?: ((trouble: FabricTrouble) => void) | undefined;
  /** Entries being anchored or proven at once; more wait. Default 50: beyond, latency grows and throughput does not. */
  readonly inFlightMax?: number | undefined;
}
