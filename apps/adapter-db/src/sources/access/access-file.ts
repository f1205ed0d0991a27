import MDBReader, { type Column, type Table } from 'mdb-reader';
import { SourceFault } from '../source-fault.js';
import { decryptAccess, passwordFault } from './decryption/decrypt-access.js';
import { hideOrphans } from './hide-orphans.js';
import { readAsStored } from './read-as-stored.js';

/** A table as mdb-reader reads it, and its columns as they are defined, in their order. */
export interface StoredTable {
  readonly table: Table;
  readonly columns: readonly Column[];
}

/** Of the list of all tables, which is a table itself. */
const catalogue = 'MSysObjects';
const [kindMask, tableKind, pageMask] = [0x7f, 1, 0x00ff_ffff];

/** A private copy of a database file, open. */
export class AccessFile {
  readonly #tables = new Map<string, StoredTable>();

  constructor(
    private readonly database: MDBReader,
    private readonly bytes: Uint8Array,
  ) {}

  /** Without those of Access itself and links to other files. */
  get tableNames(): string[] {
    return orBroken(() => this.database.getTableNames().filter((name) => !name.startsWith('MSys')));
  }

  /** Throws whatever a wrong byte of the file leads the reader to. */
  table(name: string): StoredTable {
    const known = this.#tables.get(name);
    if (known !== undefined) return known;
    const defined = this.database.getTable(name);
    const columns = defined.getColumns();
    const page = this.#definitionPage(name);
    const isAsStored = page !== undefined && readAsStored(this.bytes, page, defined.columnCount);
    const opened = { table: isAsStored ? this.database.getTable(name) : defined, columns };
    this.#tables.set(name, opened);
    return opened;
  }

  #definitionPage(table: string): number | undefined {
    const rows = this.database
      .getTable(catalogue)
      .getData<{ Id: number; Name: string; Type: number }>({ columns: ['Id', 'Name', 'Type'] });
    const row = rows.find(({ Name, Type }) => (Type & kindMask) === tableKind && Name === table);
    return row === undefined ? undefined : row.Id & pageMask;
  }
}

/** Opens a private copy of a database file, Jet 3 (Access 97) to ACE (Access 2019). `bytes` are changed by it. */
export function openAccess(bytes: Uint8Array, password?: string): AccessFile {
  decryptAccess(bytes, password);
  const database = orBroken(() => {
    hideOrphans(bytes);
    return new MDBReader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  });
  // Jet files are readable without the password that Access asks for; who set it did not mean that.
  if (isJet(bytes) && (database.getPassword() ?? '') !== (password ?? '')) throw passwordFault(password);
  return new AccessFile(database, bytes);
}

/** The reader throws whatever a wrong byte leads it to; in a list of tables that is torn it finds tables without a name. */
function orBroken<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (cause) {
    throw new SourceFault('access-unreadable', 'the file is no Access database, or a broken one', { cause });
  }
}

/** Jet 3 and Jet 4 by the version byte; later files have their password in the encryption of their pages. */
function isJet(bytes: Uint8Array): boolean {
  return (bytes[0x14] ?? 0) <= 1;
}
