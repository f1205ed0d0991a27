import { ledger } from '@hyperledger/fabric-protos';

/** A value in the committed state, with the transaction that wrote it. */
export interface Cell {
  readonly value: Uint8Array;
  readonly block: number;
  readonly position: number;
}

/** What one transaction read and would write. */
export interface Simulation {
  readonly reads: Map<string, Cell | undefined>;
  readonly writes: Map<string, Uint8Array>;
}

/** As endorsers sign it. */
export function readWriteSet(namespace: string, { reads, writes }: Simulation): Uint8Array {
  const set = new ledger.rwset.kvrwset.KVRWSet();
  for (const [key, cell] of reads) {
    const read = new ledger.rwset.kvrwset.KVRead();
    read.setKey(key);
    if (cell !== undefined) {
      const version = new ledger.rwset.kvrwset.Version();
      version.setBlockNum(cell.block);
      version.setTxNum(cell.position);
      read.setVersion(version);
    }
    set.addReads(read);
  }
  for (const [key, value] of writes) {
    const write = new ledger.rwset.kvrwset.KVWrite();
    write.setKey(key);
    write.setValue(value);
    set.addWrites(write);
  }
  const space = new ledger.rwset.NsReadWriteSet();
  space.setNamespace(namespace);
  space.setRwset(set.serializeBinary());
  const sets = new ledger.rwset.TxReadWriteSet();
  sets.addNsRwset(space);
  return sets.serializeBinary();
}
