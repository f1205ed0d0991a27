import type { Message, Segment } from '@anamnesis/hl7v2';
import type { ObxLine } from './observation-unit.js';
import { type OrderDocument, orderDocuments } from './order-documents.js';

export interface OrderGroup {
  orc: Segment | undefined;
  /** Absent when results come without an order. */
  readonly obr: Segment | undefined;
  /** Between ORC and OBR (ORDER_DOCUMENT, since 2.8): a TXA after the OBX with its content. */
  document: OrderDocument | undefined;
  /** After the OBR, before the first OBX. */
  readonly notes: Segment[];
  readonly lines: ObxLineGroup[];
  readonly specimens: Segment[];
  /** OBX after an SPM: about the specimen, not results. */
  readonly ofSpecimen: ObxLineGroup[];
}

interface ObxLineGroup extends ObxLine {
  readonly notes: Segment[];
}

/** How a message is cut into orders. */
export interface ResultCut {
  /** Orders stand under their specimen. */
  readonly isBySpecimen?: boolean;
  /** An ORC may stand after its OBR. */
  readonly isOrcAfter?: boolean;
}

/** PATIENT_RESULT of ORU_R01: one patient and the orders reported for them. */
export interface PatientResult {
  readonly pid: Segment | undefined;
  pd1: Segment | undefined;
  pv1: Segment | undefined;
  pv2: Segment | undefined;
  readonly contacts: Segment[];
  readonly orders: OrderGroup[];
}

/**
 * Groups the segments by what opens a group; unknown and misplaced ones are passed over (hl7v2.md T2). By specimen (OUL_R22,
 * OUL_R23) the orders stand under their SPM, and OBX between the two are about it.
 */
export function resultGroups(message: Message, cut: ResultCut = {}): readonly PatientResult[] {
  const documents = orderDocuments(message.segments);
  const reader = new GroupReader(cut, documents.byOrc);
  for (const segment of message.segments) if (!documents.segments.has(segment)) reader.take(segment);
  return reader.results;
}

/** OBX and the NTE that follow, wherever they stand: what an ADT says of observations. */
export function obxLines(message: Pick<Message, 'segments'>): readonly ObxLine[] {
  const lines: ObxLineGroup[] = [];
  let isOpen = false;
  for (const segment of message.segments) {
    if (segment.name === 'OBX') lines.push({ obx: segment, notes: [] });
    else if (segment.name === 'NTE' && isOpen) lines.at(-1)?.notes.push(segment);
    isOpen = segment.name === 'OBX' || (isOpen && segment.name === 'NTE');
  }
  return lines;
}

class GroupReader {
  readonly results: PatientResult[] = [];
  #orc: Segment | undefined;
  /** Where the next NTE belongs. */
  #notes: Segment[] | undefined;
  /** By specimen: the one that the next orders stand under, and the OBX before the first of them. */
  #above: Segment[] = [];
  #ofAbove: ObxLineGroup[] | undefined;

  constructor(
    private readonly cut: ResultCut,
    private readonly documents: ReadonlyMap<Segment, OrderDocument>,
  ) {}

  take(segment: Segment): void {
    switch (segment.name) {
      case 'PID':
        this.#open(segment);
        break;
      case 'PD1':
        this.#result.pd1 ??= segment;
        break;
      case 'PV1':
        this.#result.pv1 ??= segment;
        break;
      case 'PV2':
        this.#result.pv2 ??= segment;
        break;
      case 'NK1':
        this.#result.contacts.push(segment);
        break;
      case 'ORC':
        this.#common(segment);
        break;
      default:
        this.#takeOfOrder(segment);
    }
  }

  /** By specimen and by container an ORC may follow its OBR (OUL_R22 to OUL_R24, v2.5 and later). */
  #common(orc: Segment): void {
    const order = this.#lastOrder;
    this.#notes = undefined;
    if (this.cut.isOrcAfter === true && order?.obr && order.orc === undefined && order.lines.length === 0) {
      order.orc = orc;
      order.document = this.documents.get(orc);
      this.#notes = order.notes;
    } else this.#orc = orc;
  }

  #takeOfOrder(segment: Segment): void {
    switch (segment.name) {
      case 'OBR':
        this.#order(segment);
        break;
      case 'OBX':
        this.#line(segment);
        break;
      case 'NTE':
        this.#notes?.push(segment);
        break;
      case 'SPM':
        this.#specimen(segment);
        break;
    }
  }

  #specimen(spm: Segment): void {
    this.#notes = undefined;
    if (this.cut.isBySpecimen !== true) {
      this.#lastOrder?.specimens.push(spm);
      return;
    }
    this.#above = [spm];
    this.#ofAbove = [];
  }

  get #result(): PatientResult {
    return this.results.at(-1) ?? this.#open(undefined);
  }

  get #lastOrder(): OrderGroup | undefined {
    return this.results.at(-1)?.orders.at(-1);
  }

  #open(pid: Segment | undefined): PatientResult {
    const result: PatientResult = { pid, pd1: undefined, pv1: undefined, pv2: undefined, contacts: [], orders: [] };
    this.results.push(result);
    this.#orc = undefined;
    this.#notes = undefined;
    this.#above = [];
    this.#ofAbove = undefined;
    return result;
  }

  #order(obr: Segment | undefined): OrderGroup {
    const specimens = [...this.#above];
    const ofSpecimen = this.#ofAbove ?? [];
    const document = this.#orc && this.documents.get(this.#orc);
    const order: OrderGroup = { orc: this.#orc, obr, document, notes: [], lines: [], specimens, ofSpecimen };
    this.#result.orders.push(order);
    this.#orc = undefined;
    this.#ofAbove = undefined;
    this.#notes = order.notes;
    return order;
  }

  #line(obx: Segment): void {
    const line: ObxLineGroup = { obx, notes: [] };
    this.#linesFor().push(line);
    this.#notes = line.notes;
  }

  #linesFor(): ObxLineGroup[] {
    if (this.#ofAbove !== undefined) return this.#ofAbove;
    const order = this.#result.orders.at(-1) ?? this.#order(undefined);
    if (this.cut.isBySpecimen === true) return order.lines;
    // After the results, OBX that follow an SPM describe the specimen; before them, the sender put SPM first.
    const isOfSpecimen = order.specimens.length > 0 && order.lines.length > 0 && this.#notes === undefined;
    return isOfSpecimen || this.#isAmong(order.ofSpecimen) ? order.ofSpecimen : order.lines;
  }

  /** A line that follows one of these, or its NTE. */
  #isAmong(lines: readonly ObxLineGroup[]): boolean {
    const last = lines.at(-1);
    return last !== undefined && last.notes === this.#notes;
  }
}
