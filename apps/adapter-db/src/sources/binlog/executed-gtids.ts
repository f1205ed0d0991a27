import { GtidSet } from '@vlasky/zongji';

/**
 * The transactions of MySQL that were seen, as it writes them: `uuid:1-5:8,uuid:tag:1` (server, tag since 8.3, numbers).
 * Unlike MariaDB's they may be many and have holes, so that each counts by itself.
 */
export class ExecutedGtids {
  private constructor(private readonly text: string) {}

  /** Throws `TypeError` for what is none. */
  static parse(text: string): ExecutedGtids {
    try {
      return new ExecutedGtids(GtidSet.parse(text.replace(/\s/g, '')).toString());
    } catch {
      throw new TypeError('not a set of GTIDs');
    }
  }

  /** After one more transaction. */
  with(gtid: string): ExecutedGtids {
    return ExecutedGtids.parse(this.text === '' ? gtid : `${this.text},${gtid}`);
  }

  /** Is everything in `other` in this as well? */
  reaches(other: ExecutedGtids): boolean {
    return other.text === '' || this.with(other.text).text === this.text;
  }

  toString(): string {
    return this.text;
  }
}
