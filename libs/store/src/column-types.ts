import type { DataSource } from 'typeorm';

/**
 * Columns are declared once, and mean what SQLite means by them: integers of 64 bits, text and bytes of any size.
 * MySQL's `int` ends after 2^31 rows, which a busy hospital writes within a year; its `text` and `blob` at 64 KiB.
 */
const mysqlWords = new Map([
  ['int', 'bigint'],
  ['integer', 'bigint'],
  ['text', 'longtext'],
  ['blob', 'longblob'],
]);

/** Has a MySQL/MariaDB data source translate the declared types, in entities and migrations alike. Before it is initialised. */
export function giveColumnTypes({ driver }: DataSource): void {
  const normalize = driver.normalizeType.bind(driver);
  driver.normalizeType = (column) => {
    const type = normalize(column);
    return mysqlWords.get(type) ?? type;
  };
  const full = driver.createFullType.bind(driver);
  driver.createFullType = (column) => {
    const type = mysqlWords.get(column.type);
    if (type === undefined) return full(column);
    const translated = column.clone();
    translated.type = type;
    return full(translated);
  };
}

/** Our times are ISO 8601 in UTC with three decimals, as text: they sort and come back exactly as written. */
export const timeLength = 24;
