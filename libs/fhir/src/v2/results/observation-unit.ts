import type { Segment } from '@anamnesis/hl7v2';
import { firstValued } from '../compact.js';

/** An OBX and the NTE segments that follow it. */
export interface ObxLine {
  readonly obx: Segment;
  readonly notes: readonly Segment[];
}

/** Lines with the same OBX-3, OBX-4 and OBX-21: one Observation, replaced or withdrawn as a whole (R1). */
export interface ObservationUnit {
  /** What is the same in all lines; part of the business key. */
  readonly parts: readonly string[];
  readonly first: ObxLine;
  readonly lines: readonly ObxLine[];
}

export function observationUnits(lines: readonly ObxLine[]): readonly ObservationUnit[] {
  const units = new Map<string, { parts: readonly string[]; first: ObxLine; lines: ObxLine[] }>();
  for (const line of lines) {
    const parts = partsOf(line.obx);
    const key = JSON.stringify(parts);
    const held = units.get(key);
    if (held === undefined) units.set(key, { parts, first: line, lines: [line] });
    else held.lines.push(line);
  }
  return [...units.values()];
}

function partsOf(obx: Segment): readonly string[] {
  const code = obx.field(3);
  const coded = [
    [code.text(1), code.text(3)],
    [code.text(4), code.text(6)],
  ].find(([one = '']) => one !== '');
  const [text = '', system = ''] = coded ?? [firstValued(code.text(2), code.text(5)) ?? '', ''];
  return [text, system, obx.field(4).text(), obx.field(21).text()];
}
