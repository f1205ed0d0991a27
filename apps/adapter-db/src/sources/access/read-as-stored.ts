/** Where the definition of a table says what (mdbtools, HACKING.md: "TDEF (Table Definition) Pages"). */
interface DefinitionFormat {
  readonly pageBytes: number;
  readonly columnCountAt: number;
  /** Of indices with data of their own; their entries stand before those of the columns. */
  readonly indexCountAt: number;
  readonly indicesAt: number;
  readonly indexBytes: number;
  /** Of a column's entry; its first byte is the type. */
  readonly columnBytes: number;
}

const jet3: DefinitionFormat = {
  pageBytes: 2048,
  columnCountAt: 25,
  indexCountAt: 31,
  indicesAt: 43,
  indexBytes: 8,
  columnBytes: 18,
};
const jet4: DefinitionFormat = {
  pageBytes: 4096,
  columnCountAt: 45,
  indexCountAt: 51,
  indicesAt: 63,
  indexBytes: 12,
  columnBytes: 25,
};

const definitionPage = 0x02;
/** Of a page that goes on with a definition: its kind and the page after it. */
const headBytes = 8;
const columnsMax = 255;

/** Types of columns (the same, "Column types") that mdb-reader makes values of, and those of which it gives the bytes. */
const [currency, double, dateTime, binary, guid, numeric, largeNumber] = [0x05, 0x07, 0x08, 0x09, 0x0f, 0x10, 0x13];
const storedAs: ReadonlyMap<number, number> = new Map([
  [currency, largeNumber],
  [dateTime, double],
  [guid, binary],
  [numeric, binary],
]);

/**
 * Makes mdb-reader give what is stored, not what it makes of it, by saying in our own copy of the file that the columns of a table are of
 * another type with the same bytes: Currency is the whole number of ten thousandths, a date the Double that it is, Decimal and GUID
 * their bytes. Its own way to a Currency costs 45 microseconds a value and changes negative ones, and GUIDs, inside the copy. False, and
 * nothing is changed, where the definition does not have `columnCount` columns.
 */
export function readAsStored(bytes: Uint8Array, page: number, columnCount: number): boolean {
  const format = bytes[0x14] === 0 ? jet3 : jet4;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pages = pagesOf(view, page, format);
  const [first] = pages;
  if (first === undefined || view.getUint16(first + format.columnCountAt, true) !== columnCount) return false;
  const columnsAt = format.indicesAt + view.getInt32(first + format.indexCountAt, true) * format.indexBytes;
  const types: number[] = [];
  for (let column = 0; column < columnCount; column++) {
    const at = placeOf(columnsAt + column * format.columnBytes, pages, format);
    if (at === undefined) return false;
    types.push(at);
  }
  for (const at of types) {
    const type = view.getUint8(at);
    view.setUint8(at, storedAs.get(type) ?? type);
  }
  return true;
}

/** Offsets of the pages of a definition; none when one of them is something else. */
function pagesOf(view: DataView, page: number, { pageBytes }: DefinitionFormat): readonly number[] {
  const pages: number[] = [];
  for (let next = page; next !== 0; next = view.getUint32(next * pageBytes + 4, true)) {
    const at = next * pageBytes;
    if (at + pageBytes > view.byteLength || view.getUint8(at) !== definitionPage || pages.length > columnsMax)
      return [];
    pages.push(at);
  }
  return pages;
}

/** Of a byte of the definition, which goes on behind the head of each further page. */
function placeOf(offset: number, pages: readonly number[], { pageBytes }: DefinitionFormat): number | undefined {
  if (offset < pageBytes) return (pages[0] ?? 0) + offset;
  const room = pageBytes - headBytes;
  const further = offset - pageBytes;
  const page = pages[1 + Math.floor(further / room)];
  return page === undefined ? undefined : page + headBytes + (further % room);
}
