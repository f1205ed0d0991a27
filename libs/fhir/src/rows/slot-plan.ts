import type { ElementRule, ResourceMapping } from './mapping-file.js';
import { elementPath, type ElementPath } from './r4/element-path.js';

/** A rule at its place: `elements['name[0].text']`. */
export interface PlacedRule {
  readonly path: ElementPath;
  readonly rule: ElementRule;
}

/** An element, a member or an entry of a list that rules fill: by a rule of its own, by those below it, or by both. */
export interface PlanNode {
  placed?: PlacedRule;
  /** `Encounter.participant`, `HumanName`, `string`. */
  readonly type: string;
  readonly members: Map<string, PlanNode>;
  readonly entries: Map<number, PlanNode>;
  /** Below here a value comes from the row: constants alone say nothing then. */
  readsRow: boolean;
}

/** What fills one slot. */
export interface SlotPlan {
  /** As in `Statement.slots`. */
  readonly slot: string;
  /** By the element's name; more than one only where they are the types of a choice, in the order of the file. */
  readonly elements: ReadonlyMap<string, PlanNode>;
  /** The slot holds a list, of which this is an entry. */
  readonly isEntry: boolean;
  readonly isChoice: boolean;
}

const plans = new WeakMap<ResourceMapping, readonly SlotPlan[]>();

/**
 * The rules of a resource by the slot that they fill. A slot is what one source says as one and another may say instead:
 * each entry of a list, all types of a choice, each member of a period. The first entries have the slots that HL7 messages
 * fill (`name`, `address`, `telecom:home`), so that what was said last counts, whoever said it.
 */
export function slotPlans(resource: ResourceMapping): readonly SlotPlan[] {
  const known = plans.get(resource);
  if (known !== undefined) return known;
  const made = planSlots(resource);
  plans.set(resource, made);
  return made;
}

interface DraftPlan {
  readonly slot: string;
  readonly elements: Map<string, PlanNode>;
  readonly isEntry: boolean;
  readonly isChoice: boolean;
}

function planSlots(resource: ResourceMapping): readonly SlotPlan[] {
  const found = new Map<string, DraftPlan>();
  const uses = telecomUses(resource);
  for (const [text, rule] of Object.entries(resource.elements)) {
    const path = elementPath(resource.type, text);
    // Paths were checked when the file was read.
    if (typeof path === 'string') continue;
    const [{ name, choice, index }] = path.steps;
    const slot = slotName(path, uses);
    const plan = found.get(slot) ?? {
      ...{ slot, elements: new Map<string, PlanNode>() },
      ...{ isEntry: index !== undefined, isChoice: choice !== undefined },
    };
    found.set(slot, plan);
    const depth = slot.includes('.') ? 2 : 1;
    const root = plan.elements.get(name) ?? emptyNode(path.steps[depth - 1]?.type.name ?? '');
    plan.elements.set(name, root);
    place(root, { path, rule }, depth);
  }
  return [...found.values()];
}

/** Whole values with these members are said member by member, as the messages do (`period.start`). */
const saidByMember = ['Period', 'Encounter.hospitalization'];

function slotName({ steps }: ElementPath, telecom: ReadonlyMap<number, string>): string {
  const [first, second] = steps;
  const { name, choice, index } = first;
  if (choice !== undefined) return `${choice}[x]`;
  if (second !== undefined && saidByMember.includes(first.type.name)) return `${name}.${second.name}`;
  return index === undefined ? name : entryName(name, index, telecom);
}

function entryName(name: string, index: number, telecom: ReadonlyMap<number, string>): string {
  if (name === 'identifier' || name === 'extension') return `${name}:row-${index}`;
  if (name === 'telecom') return `telecom:${telecom.get(index) ?? index}`;
  return index === 0 ? name : `${name}:${index}`;
}

/** Slot part of each entry of `telecom`: `work` for the first of that use, `home` for the first of any other. */
function telecomUses({ elements }: ResourceMapping): ReadonlyMap<number, string> {
  const uses = new Map<number, string>();
  for (const [text, rule] of Object.entries(elements)) {
    const [whole, index = '0'] = /^telecom(?:\[(\d)\])?(?:\.|$)/.exec(text) ?? [];
    const at = Number(index);
    if (whole !== undefined) uses.set(at, useIn(text, rule) === 'work' ? 'work' : (uses.get(at) ?? 'home'));
  }
  const taken = new Set<string>();
  return new Map(
    [...uses]
      .sort(([a], [b]) => a - b)
      .map(([at, use]) => {
        const part = taken.has(use) ? String(at) : use;
        taken.add(part);
        return [at, part];
      }),
  );
}

function useIn(text: string, rule: ElementRule): unknown {
  if ('constant' in rule) return text.endsWith('.use') ? rule.constant : undefined;
  return 'options' in rule ? rule.options.use : undefined;
}

/** Down from the slot's own place to the one of the rule. */
function place(root: PlanNode, placed: PlacedRule, depth: number): void {
  const readsRow = !('constant' in placed.rule);
  let node = root;
  node.readsRow ||= readsRow;
  const down = (next: PlanNode) => {
    node = next;
    node.readsRow ||= readsRow;
  };
  for (const [at, { name, index, type }] of placed.path.steps.entries()) {
    if (at >= depth) down(below(node.members, name, type.name));
    // The first step's index is in the slot itself.
    if (at > 0 && index !== undefined) down(below(node.entries, index, type.name));
  }
  node.placed = placed;
}

function below<Key>(nodes: Map<Key, PlanNode>, key: Key, type: string): PlanNode {
  const node = nodes.get(key) ?? emptyNode(type);
  nodes.set(key, node);
  return node;
}

function emptyNode(type: string): PlanNode {
  return { type, members: new Map(), entries: new Map(), readsRow: false };
}
