import { SourceFault } from '../source-fault.js';

/** With a character set, or bytes: the columns that the log lists one after the other with the sets of each. */
const isCharacter = /^(var)?(char|binary)$|(text|blob)$|^(uuid|inet4|inet6)$/;
const isGeometry = /^(point|geometry|(multi)?(point|linestring|polygon)|geom(etry)?collection)$/;

/**
 * Throws `SourceFault` for a table whose rows the client of the log would read wrongly. It does not know how MySQL 9 writes
 * a VECTOR; and it does not count a geometry among the columns with a character set, as MariaDB does, and so gives each
 * column behind it the set of another.
 */
export function demandReadable(
  table: string,
  columns: readonly (readonly [name: string, type: string])[],
  isMariaDb: boolean,
): void {
  const at = columns.findIndex(([, type]) => (isMariaDb ? isGeometry.test(type) : type === 'vector'));
  const [column, type = ''] = columns[at] ?? [];
  if (column === undefined) return;
  const behind = columns.slice(at + 1).find(([, one]) => isCharacter.test(one))?.[0];
  if (isMariaDb && behind === undefined) return;
  const why = isMariaDb
    ? `before ${behind}, which would be read in the wrong character set`
    : 'which the log is not read for';
  throw new SourceFault('column-unreadable', `${table}.${column} is a ${type.toUpperCase()} ${why}`);
}
