import { CreateLedgerWriter1764000200000 } from './1764000200000-create-ledger-writer.js';
import { Leaf, SealedBatch, SealerLease } from './leaf.entity.js';

export { Leaf, SealedBatch, SealerLease };
export const ledgerWriterEntities = [Leaf, SealedBatch, SealerLease];
export const ledgerWriterMigrations = [CreateLedgerWriter1764000200000];
