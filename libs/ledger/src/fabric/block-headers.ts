import { Rejected } from '@anamnesis/core';
import { attempt, type Attempts } from './attempts.js';
import type { Connection } from './connect.js';
import type { FabricBlockHeader } from './evidence/verify-fabric-growth.js';
import { protos } from './protos.js';

export interface BlockRange {
  readonly from: number;
  readonly to: number;
}

/** Blocks asked for in one call: each is fetched whole. */
const headersMax = 10_000;

/** Throws `Rejected('invalid-request')` for a range that is none, `Unavailable` for blocks that are not there. */
export async function blockHeaders(
  { system, account }: Connection,
  { from, to }: BlockRange,
  attempts: Attempts,
): Promise<readonly FabricBlockHeader[]> {
  const isRange = Number.isSafeInteger(from) && Number.isSafeInteger(to) && from >= 0 && to - from < headersMax;
  if (!isRange) throw new Rejected('invalid-request', `no range of at most ${headersMax} blocks`);
  const headers: FabricBlockHeader[] = [];
  for (let number = from; number <= to; number++) {
    const ask = () => system.evaluateTransaction('GetBlockByNumber', account.channel, String(number));
    const header = protos()
      .common.Block.deserializeBinary(await attempt(ask, attempts))
      .getHeader();
    headers.push({
      number,
      previousHash: Buffer.from(header?.getPreviousHash_asU8() ?? []).toString('hex'),
      dataHash: Buffer.from(header?.getDataHash_asU8() ?? []).toString('hex'),
    });
  }
  return headers;
}
