import type { ElementRule, ResourceMapping, TableMapping } from './mapping-file.js';
import { patientElement } from './filled-elements.js';
import { type PlanNode, slotPlans } from './slot-plan.js';

/** The columns that a slot of a row's resource depends on, those that decide whether the row states it at all among them. */
export function slotColumns(table: TableMapping, resource: ResourceMapping, slot: string): readonly string[] {
  const known = columnsBySlot.get(resource) ?? columnsOf(resource);
  columnsBySlot.set(resource, known);
  const patient = slot === patientElement(resource.type) ? (table.patient?.columns ?? []) : [];
  return [...resource.when.map(({ column }) => column), ...patient, ...(known.get(slot) ?? [])];
}

const columnsBySlot = new WeakMap<ResourceMapping, ReadonlyMap<string, readonly string[]>>();

function columnsOf(resource: ResourceMapping): ReadonlyMap<string, readonly string[]> {
  return new Map(
    slotPlans(resource).map(({ slot, elements }) => [slot, [...elements.values()].flatMap(columnsBelow)] as const),
  );
}

function columnsBelow({ placed, members, entries }: PlanNode): readonly string[] {
  const below = [...members.values(), ...entries.values()].flatMap(columnsBelow);
  return placed === undefined ? below : [...columnsRead(placed.rule), ...below];
}

function columnsRead(rule: ElementRule): readonly string[] {
  const deciding = (rule.when ?? []).map(({ column }) => column);
  if ('constant' in rule) return deciding;
  if ('row' in rule) return [...deciding, ...rule.columns, ...(rule.display === undefined ? [] : [rule.display])];
  const { textColumn, unitColumn, displayColumn } = rule.options;
  const beside = [textColumn, unitColumn, displayColumn].filter((one) => one !== undefined);
  return [...deciding, ...rule.columns, ...beside];
}
