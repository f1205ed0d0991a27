import { ExecutedGtids } from './executed-gtids.js';
import { GtidPosition } from './gtid-position.js';

/** MySQL names a transaction `uuid:5`, MariaDB `0-1-5`. */
export function isOfMysql(gtids: string): boolean {
  return gtids.includes(':');
}

/** Where one is after one more transaction. Throws `TypeError` for what does not belong together. */
export function afterGtid(gtids: string, gtid: string): string {
  return (isOfMysql(gtid) ? ExecutedGtids : GtidPosition).parse(gtids).with(gtid).toString();
}

/** Has everything up to `target` been seen? */
export function reachesGtids(own: string, target: string): boolean {
  return isOfMysql(target)
    ? ExecutedGtids.parse(own).reaches(ExecutedGtids.parse(target))
    : GtidPosition.parse(own).reaches(GtidPosition.parse(target));
}
