import type { Json } from '@anamnesis/core';
import { Fault } from './converters/converter.js';
import type { ResourceMapping } from './mapping-file.js';
import { lacking } from './r4/required.js';
import { untold, type RowReader, type SlotValues, type Untold } from './row-reader.js';
import { slotPlans, type PlanNode, type SlotPlan } from './slot-plan.js';

/** What a row says of the elements of a resource. */
export function readSlots(resource: ResourceMapping, reader: RowReader): SlotValues {
  const known = reader.slots.get(resource);
  if (known !== undefined) return known;
  const values = new Map<string, Json | undefined>();
  reader.slots.set(resource, values);
  for (const plan of slotPlans(resource)) {
    const value = slotValue(plan, reader);
    if (value !== untold) values.set(plan.slot, value);
  }
  return values;
}

function slotValue(plan: SlotPlan, reader: RowReader): Json | undefined | Untold {
  const found = new NodeReader(reader);
  for (const [element, node] of plan.elements) {
    const value = found.read(node);
    if (found.isUntold) return untold;
    // What one type of a choice cannot hold, the next one can.
    if (value === undefined) continue;
    if (plan.isChoice) return { [element]: value };
    found.tellFaults();
    return plan.isEntry ? [value] : value;
  }
  found.tellFaults();
  return undefined;
}

interface Found {
  readonly value?: Json | undefined;
  /** Not of constants alone. */
  readonly isOfRow: boolean;
}

const nothingFound: Found = { isOfRow: false };

/** Reads one element after the other, with all below it. */
class NodeReader {
  isUntold = false;
  /** Values that do not convert: most rows have none. */
  #faults: (() => void)[] | undefined;

  constructor(private readonly reader: RowReader) {}

  read(node: PlanNode): Json | undefined {
    return this.#read(node).value;
  }

  tellFaults(): void {
    for (const report of this.#faults ?? []) report();
  }

  /** Constants count only beside a value of the row, where rules of this element read the row at all. */
  #read(node: PlanNode): Found {
    const own = this.#own(node);
    const below = this.#below(node);
    const isOfRow =
      (own !== undefined && node.placed !== undefined && !('constant' in node.placed.rule)) || below.isOfRow;
    if (node.readsRow && !isOfRow) return nothingFound;
    const value = joined(own, below.value);
    // A reaction of which nobody says what was seen is none.
    if (isMembers(value) && lacking(node.type, value) !== undefined) return nothingFound;
    return { value, isOfRow };
  }

  #below(node: PlanNode): Found {
    if (node.entries.size > 0) return this.#entries(node);
    return node.members.size > 0 ? this.#members(node) : nothingFound;
  }

  #own({ placed }: PlanNode): Json | undefined {
    const value = placed && this.reader.value(placed);
    if (value === untold) this.isUntold = true;
    if (value instanceof Fault && placed !== undefined && 'columns' in placed.rule) {
      const { columns } = placed.rule;
      (this.#faults ??= []).push(() => {
        this.reader.report(value, columns);
      });
    }
    return value === untold || value instanceof Fault ? undefined : value;
  }

  #entries({ entries }: PlanNode): Found {
    const found = [...entries].sort(([a], [b]) => a - b).map(([, node]) => this.#read(node));
    const value = found.map((one) => one.value).filter((one) => one !== undefined);
    return { ...(value.length > 0 && { value }), isOfRow: found.some((one) => one.isOfRow) };
  }

  #members({ members }: PlanNode): Found {
    let value: Record<string, Json> | undefined;
    let isOfRow = false;
    for (const [name, node] of members) {
      const found = this.#read(node);
      if (found.value !== undefined) (value ??= {})[name] = found.value;
      isOfRow ||= found.isOfRow;
    }
    return { value, isOfRow };
  }
}

function joined(own: Json | undefined, below: Json | undefined): Json | undefined {
  if (own === undefined || below === undefined) return own ?? below;
  return isMembers(own) && isMembers(below) ? { ...own, ...below } : own;
}

function isMembers(value: Json | undefined): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
