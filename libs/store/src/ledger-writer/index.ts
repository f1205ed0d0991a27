import { CreateLedgerWriter1764000200000 } from './1764000200000-create-ledger-writer.js';
import { CreateOrganisations1766000000000 } from './1766000000000-create-organisations.js';
import { Leaf, SealedBatch, SealerLease } from './leaf.entity.js';
import { LedgerCheckpoint, LedgerEvent } from './ledger-event.entity.js';
import { LedgerSubmission } from './ledger-submission.entity.js';

export { Leaf, LedgerCheckpoint, LedgerEvent, LedgerSubmission, SealedBatch, SealerLease };
export const ledgerWriterEntities = [Leaf, SealedBatch, SealerLease, LedgerSubmission, LedgerCheckpoint, LedgerEvent];
export const ledgerWriterMigrations = [CreateLedgerWriter1764000200000, CreateOrganisations1766000000000];
