import { Settings } from '@anamnesis/runtime';
import { IsInt, Max, Min } from 'class-validator';

/** Settings of query alone. */
export class QuerySettings extends Settings {
  /** Archive entries that the continuous integrity audit reads again in a second; 0 switches it off. */
  @IsInt()
  @Min(0)
  @Max(1000)
  INTEGRITY_ENTRIES_PER_SECOND: number = 5;

  /** Events that are mapped again in a second, when a code table changed; 0: they wait. */
  @IsInt()
  @Min(0)
  @Max(1000)
  REMAP_EVENTS_PER_SECOND: number = 50;

  /** A source is quiet when nothing came from it for this long. */
  @IsInt()
  @Min(1)
  @Max(100_000)
  QUIET_AFTER_MINUTES: number = 60;
}
