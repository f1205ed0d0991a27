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
  /** The same as JSON. */
  readonly name: string;
  readonly first: ObxLine;
  readonly lines: readonly ObxLine[];
}

export function observationUnits(lines: readonly ObxLine[]): readonly ObservationUnit[] {
  const units = new Map<string, ObservationUnit & { readonly lines: ObxLine[] }>();
  for (const line of lines) {
    const parts = partsOf(line.obx);
    const name = JSON.stringify(parts);
    const held = units.get(name);
    if (held === undefined) units.set(name, { parts, name, first: line, lines: [line] });
    else held.lines.push(line);
  }
  return [...units.values()];
}

function partsOf(obx: Segment): readonly string[] {
  const code = obx.field(3).repetitions[0]?.texts ?? [];
  const at = (n: number) => code[n - 1] ?? '';
  const [text, system] =
    at(1) !== '' ? [at(1), at(3)] : at(4) !== '' ? [at(4), at(6)] : [firstValued(at(2), at(5)) ?? '', ''];
  return [text, system, obx.field(4).text(), obx.field(21).text()];
}
