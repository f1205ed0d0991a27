import { IsInt, IsNotEmpty, IsOptional, Max, Min } from 'class-validator';
import { Settings } from '@anamnesis/runtime';

/** Environment variables of the database adapter. Every limit has its name here. */
export class AdapterDbSettings extends Settings {
  /** Folder of mapping files (`.yaml`, `.yml`, `.json`), one per source; absent: no database is read. */
  @IsOptional()
  @IsNotEmpty()
  DB_SOURCES?: string;

  /** What only a person can mend, a mapping file among them, is looked at again after this. */
  @IsInt()
  @Min(10)
  DB_RETRY_MS: number = 30_000;

  /** Longest pause before a lost connection is made again. */
  @IsInt()
  @Min(10)
  DB_RECONNECT_MS_MAX: number = 15_000;

  /** How often a server that has nothing to tell says so; after three without a word the connection is made again. */
  @IsInt()
  @Min(100)
  DB_HEARTBEAT_MS: number = 5000;

  /** Between two comparisons of all rows with what the log told; 0: none. A mapping file may say otherwise. */
  @IsInt()
  @Min(0)
  @Max(44_640)
  DB_RECONCILE_MINUTES: number = 1440;

  /** After a comparison that something in the log asked for, the next such one is not begun before. */
  @IsInt()
  @Min(0)
  DB_REREAD_MS: number = 60_000;

  /** Rows of one source that wait in memory before its server has to. */
  @IsInt()
  @Min(1)
  DB_ROWS_WAITING_MAX: number = 4000;

  /** Of one source that are mapped again, for another mapping file or because somebody asks for it; in one second. */
  @IsInt()
  @Min(1)
  DB_RETELL_ROWS_PER_SECOND: number = 1000;

  /** Between two looks at an Access file. A mapping file may say otherwise, here and of the two below that it names. */
  @IsInt()
  @Min(10)
  DB_ACCESS_POLL_MS: number = 60_000;

  /** Between the two reads of an Access file that have to be equal. */
  @IsInt()
  @Min(0)
  DB_ACCESS_QUIET_MS: number = 2000;

  /** The same while a lock file says that somebody has the database open. */
  @IsInt()
  @Min(0)
  DB_ACCESS_LOCKED_QUIET_MS: number = 10_000;

  /** Pairs of reads in one look; a file that is written all the time is looked at again later. */
  @IsInt()
  @Min(1)
  DB_ACCESS_READS_MAX: number = 5;

  /** An Access file is held in memory while it is compared. */
  @IsInt()
  @Min(1024)
  DB_ACCESS_FILE_BYTES_MAX: number = 1024 * 1024 * 1024;

  /** Share of a table's rows that may be gone at once; more is held until a person lets it in. */
  @Min(0)
  @Max(1)
  DB_ACCESS_VANISHED_SHARE_MAX: number = 0.3;

  /** A table of fewer rows may lose what it will, but not all. */
  @IsInt()
  @Min(1)
  DB_ACCESS_VANISHED_ROWS_MIN: number = 20;

  /** For a publish; then it is tried again. */
  @IsInt()
  @Min(10)
  PUBLISH_TIMEOUT_MS: number = 20_000;

  /** How often registration is told what was seen of each source. */
  @IsInt()
  @Min(100)
  OBSERVATION_INTERVAL_MS: number = 5000;
}
