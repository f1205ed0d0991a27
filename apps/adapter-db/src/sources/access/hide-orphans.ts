/** Where a data page of a file format says what (mdbtools, HACKING.md: "Data pages"). */
interface PageFormat {
  readonly pageBytes: number;
  /** Number of rows; their offsets follow. */
  readonly countAt: number;
}

const jet3: PageFormat = { pageBytes: 2048, countAt: 8 };
const jet4: PageFormat = { pageBytes: 4096, countAt: 12 };

const [dataPage, definitionPage] = [0x01, 0x02];
/** Page 2 defines the list of all tables. */
const firstDefinition = 2;
/** Flags of a row's offset: the row is gone, or is told to stand elsewhere; both: it was deleted. */
const [gone, elsewhere, offsetMask] = [0x8000, 0x4000, 0x1fff];

interface Slot {
  readonly page: number;
  readonly row: number;
  /** Of the slot in the file. */
  readonly at: number;
  readonly value: number;
}

/**
 * Makes mdb-reader leave out rows that were moved and then deleted. A row that no longer fits into its page leaves a pointer
 * there and stands elsewhere, marked as gone so that whoever walks the pages finds it once. The reader skips the
 * pointers and takes all such rows for live, also when the pointer was deleted. Those that no pointer leads to are marked here as
 * deleted, in our own copy.
 */
export function hideOrphans(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const format = bytes[0x14] === 0 ? jet3 : jet4;
  if (bytes[firstDefinition * format.pageBytes] !== definitionPage) return;
  const pointedTo = new Set<number>();
  const moved: Slot[] = [];
  for (const slot of slotsOf(view, format)) {
    if ((slot.value & gone) === 0 && (slot.value & elsewhere) !== 0) pointedTo.add(targetOf(view, slot, format));
    if ((slot.value & gone) !== 0 && (slot.value & elsewhere) === 0) moved.push(slot);
  }
  for (const { page, row, at, value } of moved)
    if (!pointedTo.has(placeOf(page, row))) view.setUint16(at, value | elsewhere, true);
}

/** Of the pages that hold rows of a table; others of the same kind hold long texts and maps of pages. */
function* slotsOf(view: DataView, { pageBytes, countAt }: PageFormat): Generator<Slot> {
  const pages = Math.floor(view.byteLength / pageBytes);
  for (let page = 1; page < pages; page++) {
    const start = page * pageBytes;
    if (view.getUint8(start) !== dataPage) continue;
    const owner = view.getUint32(start + 4, true);
    if (owner >= pages || view.getUint8(owner * pageBytes) !== definitionPage) continue;
    const room = Math.floor((pageBytes - countAt - 2) / 2);
    const count = Math.min(view.getUint16(start + countAt, true), room);
    for (let row = 0; row < count; row++) {
      const at = start + countAt + 2 + row * 2;
      yield { page, row, at, value: view.getUint16(at, true) };
    }
  }
}

/** A pointer is the number of the row, one byte, and of its page, three. */
function targetOf(view: DataView, { page, value }: Slot, { pageBytes }: PageFormat): number {
  const at = page * pageBytes + (value & offsetMask);
  if (at + 4 > view.byteLength) return 0;
  const pointer = view.getUint32(at, true);
  return placeOf(pointer >>> 8, pointer & 0xff);
}

function placeOf(page: number, row: number): number {
  return page * 0x1_0000 + row;
}
