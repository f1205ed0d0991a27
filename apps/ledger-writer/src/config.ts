import { IsInt, Max, Min } from 'class-validator';
import { Settings } from '@anamnesis/runtime';

export class LedgerWriterSettings extends Settings {
  /** Age of the oldest waiting leaf at which its batch is sealed. */
  @IsInt()
  @Min(10)
  @Max(3_600_000)
  LEDGER_BATCH_MS: number = 1000;

  /** Leaves at which a batch is sealed at once. */
  @IsInt()
  @Min(1)
  @Max(4096)
  LEDGER_BATCH_LEAVES_MAX: number = 4096;
}
