import type { Json } from '@anamnesis/core';
import { partRank } from './element-order.js';

export type Slotted = Readonly<Record<string, Json>>;

/** `hospitalization.admitSource`, `telecom:home`, `deceased[x]:PID-29`: the element, its member, the part of it. */
export interface Slot {
  readonly element: string;
  readonly member: string | undefined;
  readonly part: string;
  readonly value: Json;
}

export function parseSlot(name: string, value: Json): Slot {
  const [path, part = ''] = splitAt(name, name.indexOf(':'));
  const [element, member] = splitAt(path, path.indexOf('.'));
  return { element, member, part, value };
}

function splitAt(text: string, at: number): readonly [before: string, after?: string] {
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** All slots by element, the parts of each in the order in which they are joined. */
export function slotsByElement(slots: Slotted): ReadonlyMap<string, readonly Slot[]> {
  const found = new Map<string, Slot[]>();
  for (const [name, value] of Object.entries(slots)) {
    const slot = parseSlot(name, value);
    const held = found.get(slot.element);
    if (held === undefined) found.set(slot.element, [slot]);
    else held.push(slot);
  }
  for (const held of found.values()) if (held.length > 1) held.sort(compareParts);
  return found;
}

function compareParts(a: Slot, b: Slot): number {
  const byTable = partRank(a.element, a.part) - partRank(b.element, b.part);
  if (byTable !== 0) return byTable;
  return a.part < b.part ? -1 : Number(a.part > b.part);
}
