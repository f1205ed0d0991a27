import { SourceFault } from '../sources/source-fault.js';
import { RowBook } from './row-book.js';

/** The book of a source as its one owner. Throws `SourceFault`: `book-in-use`, `book-unusable`. */
export function openRowBook(file: string, secret: Uint8Array): RowBook {
  try {
    return new RowBook(file, secret);
  } catch (cause) {
    const { code = 'unknown' } = cause as { code?: string };
    if (code === 'SQLITE_BUSY') throw new SourceFault('book-in-use', `another process has ${file}`, { cause });
    throw new SourceFault('book-unusable', `${file} cannot be opened (${code})`, { cause });
  }
}
