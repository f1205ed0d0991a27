import type { Segment } from '@anamnesis/hl7v2';

/** A document of an order that stands between its ORC and its OBR: the OBX with its content, and the TXA that ends them. */
export interface OrderDocument {
  readonly txa: Segment;
  readonly content: readonly Segment[];
}

interface OrderDocuments {
  readonly byOrc: ReadonlyMap<Segment, OrderDocument>;
  /** All segments of these: no results. */
  readonly segments: ReadonlySet<Segment>;
}

/** ORDER_DOCUMENT of ORU_R01 and OUL (v2.8, chapter 7). OBX between ORC and OBR without a TXA are results without an order. */
export function orderDocuments(all: readonly Segment[]): OrderDocuments {
  const byOrc = new Map<Segment, OrderDocument>();
  const segments = new Set<Segment>();
  let orc: Segment | undefined;
  let content: Segment[] = [];
  for (const segment of all) {
    if (segment.name === 'ORC' || segment.name === 'OBR') {
      orc = segment.name === 'ORC' ? segment : undefined;
      content = [];
    } else if (orc !== undefined && ['OBX', 'NTE'].includes(segment.name)) content.push(segment);
    else if (orc !== undefined && segment.name === 'TXA') {
      byOrc.set(orc, { txa: segment, content });
      for (const one of [...content, segment]) segments.add(one);
      content = [];
    }
  }
  return { byOrc, segments };
}
