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
  const faults: (() => void)[] = [];
  for (const [element, node] of plan.elements) {
    const found = new NodeReader(reader);
    const value = found.read(node);
    if (found.isUntold) return untold;
    faults.push(...found.faults);
    // What one type of a choice cannot hold, the next one can.
    if (value === undefined) continue;
    if (!plan.isChoice) tell(faults);
    if (plan.isChoice) return { [element]: value };
    return plan.isEntry ? [value] : value;
  }
  tell(faults);
  return undefined;
}

function tell(faults: readonly (() => void)[]): void {
  for (const report of faults) report();
}

/** Reads one element with all below it. */
class NodeReader {
  readonly faults: (() => void)[] = [];
  isUntold = false;

  constructor(private readonly reader: RowReader) {}

  read(node: PlanNode): Json | undefined {
    return this.#read(node).value;
  }

  /** Constants count only beside a value of the row, where rules of this element read the row at all. */
  #read(node: PlanNode): { readonly value?: Json | undefined; readonly isOfRow: boolean } {
    const own = this.#own(node);
    const below = node.entries.size > 0 ? this.#entries(node) : this.#members(node);
    const isOfRow =
      (own !== undefined && node.placed !== undefined && !('constant' in node.placed.rule)) || below.isOfRow;
    if (node.readsRow && !isOfRow) return { isOfRow: false };
    const value = joined(own, below.value);
    // A reaction of which nobody says what was seen is none.
    if (isMembers(value) && lacking(node.type, value) !== undefined) return { isOfRow: false };
    return { value, isOfRow };
  }

  #own({ placed }: PlanNode): Json | undefined {
    const value = placed && this.reader.value(placed);
    if (value === untold) this.isUntold = true;
    if (value instanceof Fault && placed !== undefined && 'columns' in placed.rule) {
      const { columns } = placed.rule;
      this.faults.push(() => {
        this.reader.report(value, columns);
      });
    }
    return value === untold || value instanceof Fault ? undefined : value;
  }

  #entries({ entries }: PlanNode): { readonly value?: Json; readonly isOfRow: boolean } {
    const found = [...entries].sort(([a], [b]) => a - b).map(([, node]) => this.#read(node));
    const value = found.map((one) => one.value).filter((one) => one !== undefined);
    return { ...(value.length > 0 && { value }), isOfRow: found.some((one) => one.isOfRow) };
  }

  #members({ members }: PlanNode): { readonly value?: Json; readonly isOfRow: boolean } {
    const value: Record<string, Json> = {};
    let isOfRow = false;
    for (const [name, node] of members) {
      const found = this.#read(node);
      if (found.value !== undefined) value[name] = found.value;
      isOfRow ||= found.isOfRow;
    }
    return { ...(Object.keys(value).length > 0 && { value }), isOfRow };
  }
}

function joined(own: Json | undefined, below: Json | undefined): Json | undefined {
  if (own === undefined || below === undefined) return own ?? below;
  return isMembers(own) && isMembers(below) ? { ...own, ...below } : own;
}

function isMembers(value: Json | undefined): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
