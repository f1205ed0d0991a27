import { type AnchorEntry, type BatchId, parseAnchorEntry, parseBatchId } from '../anchor-entry.js';
import type { Ledger } from '../ledger.js';
import { LogClient } from './log-client.js';
import type { LogAnchor, LogEvidence, LogTrust } from './log-evidence.js';
import { parseLogAnchor } from './log-evidence.js';
import type { AuditStep } from './log-protocol.js';

export interface LogLedgerOptions {
  /** Holds `ledger.db`, `ledger-key.pem` (0600, made on first start) and `ledger.vkey`, which third parties are given. */
  readonly directory: string;
  /** Name of a log that is begun here, best a URL without scheme; drawn at random when absent. A log keeps its name. */
  readonly origin?: string | undefined;
  /** Size at which the log counts as full and refuses with `Unavailable`. Default: what the disk has. */
  readonly fileBytesMax?: number | undefined;
}

export interface LogAudit {
  /** Entries re-hashed. */
  readonly checked: number;
  /** The first position that is wrong or that no sound checkpoint covers; absent when all is well. */
  readonly firstBad?: number;
}

/** The log with what its operators need besides the port. */
export interface LogLedger extends Ledger {
  anchor(entry: AnchorEntry): Promise<LogAnchor>;
  find(batchId: BatchId): Promise<LogAnchor | undefined>;
  prove(anchor: LogAnchor): Promise<LogEvidence>;

  /** The log's public key, as in `ledger.vkey`. */
  readonly trust: LogTrust;

  /** The last signed state: publish it, or hand it to others, so that the log cannot be rewritten unnoticed. */
  latestCheckpoint(): Promise<string>;

  /**
   * RFC 6962 consistency proof in hex from the tree of the first size to that of the second; `verifyLogGrowth` checks it.
   * Throws `Rejected('invalid-request')` for sizes that the log never had.
   */
  consistency(firstSize: number, secondSize: number): Promise<readonly string[]>;

  /** Re-hashes the whole log against its signed checkpoints, while it goes on anchoring. Takes a minute for millions of entries. */
  audit(): Promise<LogAudit>;
}

/** The ledger of one operator: a signed, append-only Merkle log in one file. See README.md beside it. */
export async function openLogLedger({ directory, origin, fileBytesMax }: LogLedgerOptions): Promise<LogLedger> {
  const { client, trust } = await LogClient.open({ directory, origin, fileBytesMax });
  return new ThreadedLogLedger(client, trust);
}

class ThreadedLogLedger implements LogLedger {
  readonly #client: LogClient;
  readonly trust: LogTrust;

  constructor(client: LogClient, trust: LogTrust) {
    this.#client = client;
    this.trust = trust;
  }

  async anchor(entry: AnchorEntry): Promise<LogAnchor> {
    return this.#client.request({ kind: 'anchor', entry: parseAnchorEntry(entry) });
  }

  async find(batchId: BatchId): Promise<LogAnchor | undefined> {
    return this.#client.request({ kind: 'find', batchId: parseBatchId(batchId) });
  }

  async prove(anchor: LogAnchor): Promise<LogEvidence> {
    return this.#client.request({ kind: 'prove', anchor: parseLogAnchor(anchor) });
  }

  async latestCheckpoint(): Promise<string> {
    return this.#client.request({ kind: 'checkpoint' });
  }

  async consistency(first: number, second: number): Promise<readonly string[]> {
    return this.#client.request({ kind: 'consistency', first, second });
  }

  async audit(): Promise<LogAudit> {
    let checked = 0;
    for (let from: number | undefined = 0; from !== undefined;) {
      const step: AuditStep = await this.#client.request({ kind: 'audit', from });
      checked += step.checked;
      if (step.firstBad !== undefined) return { checked, firstBad: step.firstBad };
      from = step.next;
    }
    return { checked };
  }

  async close(): Promise<void> {
    await this.#client.close();
  }
}
