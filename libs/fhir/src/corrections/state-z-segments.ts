import type { Json, Statement, ZSegmentCorrection } from '@anamnesis/core';
import { holdsIn, type Message, parsePath, type Path, type Segment } from '@anamnesis/hl7v2';
import { Draft } from '../v2/draft.js';
import type { MappedEvent, MappingContext } from '../v2/mapping-context.js';
import { partsByPatient } from '../v2/message-part.js';
import { patientNumbers } from '../v2/subject.js';
import { extensionTypes, type NamedTarget, zTarget, type ZType } from './z-targets.js';
import { zValue } from './z-value.js';

/**
 * Adds to the statements of each event what the Z segments of its patient say, by the rules of the source's corrections
 * file. Only resources that the message states anyway get something; where it states several of a type none of them does,
 * with a warning.
 */
export function stateZSegments(
  events: readonly MappedEvent[],
  message: Message,
  context: MappingContext,
): readonly MappedEvent[] {
  const { zSegments = [] } = context;
  if (zSegments.length === 0) return events;
  return events.map((event) => {
    const draft = new Draft(message, context);
    const segments = segmentsOf(event, draft);
    const statements = zSegments.reduce(
      (stated, rule) => stateRule(stated, rule, { event, draft, segments }),
      event.resources.statements,
    );
    const { warnings } = draft.mapped('', 0);
    return {
      ...event,
      resources: { ...event.resources, statements, warnings: [...event.resources.warnings, ...warnings] },
    };
  });
}

interface Scene {
  readonly event: MappedEvent;
  readonly draft: Draft;
  readonly segments: readonly Segment[];
}

/** Those of the patient whose event it is: what follows the PID; all of them in a message of one patient. */
function segmentsOf({ subject }: MappedEvent, draft: Draft): readonly Segment[] {
  const parts = partsByPatient(draft.message);
  if (parts.length <= 1) return draft.message.segments;
  const own = parts.find((part) => {
    const pid = part.first('PID');
    const named = pid && patientNumbers(pid, draft).subject;
    return subject !== undefined && named?.system === subject.system && named.value === subject.value;
  });
  return own?.segments ?? [];
}

function stateRule(statements: readonly Statement[], rule: ZSegmentCorrection, scene: Scene): readonly Statement[] {
  const ready = readyZ(rule);
  if (ready === undefined) return statements;
  const { path, target, type } = ready;
  const { draft } = scene;
  const segments = scene.segments.filter(
    (one) => one.name === path.segment && holdsIn(rule.when, draft.message, one) && !one.field(path.field).isEmpty,
  );
  if (segments.length === 0) return statements;
  const at = placeOf(statements, target, scene);
  if (typeof at === 'string') {
    draft.warn(`${rule.from}: ${at}`);
    return statements;
  }
  const value = valueOf(segments, { rule, path, type, target, draft });
  if (value === undefined) {
    draft.warn(`${rule.from} does not map`);
    return statements;
  }
  const slot = target.isList ? `${target.element}:${rule.from}` : target.element;
  return statements.map((one, index) => (index === at ? withSlot(one, slot, value) : one));
}

/** What `read-z-segment.ts` let through; undefined for a rule of a later version of the product. */
function readyZ({ from, to, as }: ZSegmentCorrection): Pick<Reading, 'path' | 'target' | 'type'> | undefined {
  const [path, target] = [parsePath(from), zTarget(to)];
  const type = target?.type ?? [...extensionTypes].find((one) => one === as);
  return path && target && type && { path, target, type };
}

/** The statement that is to say more, or why there is none. */
function placeOf(statements: readonly Statement[], { resourceType }: NamedTarget, scene: Scene): number | string {
  const { subject } = scene.event;
  const wanted = resourceType === 'Patient' && subject !== undefined ? scene.draft.patientId(subject) : undefined;
  const own = statements.filter((one) => one.resourceType === resourceType && (wanted ?? one.id) === one.id);
  const ids = new Set(own.map(({ id }) => id));
  if (ids.size === 0) return `the message states no ${resourceType}`;
  if (ids.size > 1) return `the message states several ${resourceType}`;
  const [id] = ids;
  return statements.findLastIndex((one) => one.resourceType === resourceType && one.id === id);
}

interface Reading {
  readonly rule: ZSegmentCorrection;
  readonly path: Path;
  readonly type: ZType;
  readonly target: NamedTarget;
  readonly draft: Draft;
}

/** `null` takes back; undefined where nothing can be used. */
function valueOf(segments: readonly Segment[], { rule, path, type, target, draft }: Reading): Json | undefined {
  if (segments.every((one) => one.field(path.field).isNull)) return null;
  const repetitions = segments.flatMap((one) => {
    const all = one.field(path.field).repetitions.filter(({ isNull }) => !isNull);
    if (typeof path.repetition === 'number') return all.slice(path.repetition - 1, path.repetition);
    return target.isList ? all : all.slice(0, 1);
  });
  const values = repetitions
    .map((one) => zValue(one, { rule, path, type, draft }))
    .filter((one) => one !== undefined)
    .map((one) => (target.element === 'extension' ? extension(rule, type, one) : one));
  if (values.length < repetitions.length && values.length > 0) draft.warn(`${rule.from} does not map everywhere`);
  if (values.length === 0) return undefined;
  return target.isList ? values : values[0];
}

function extension({ url = '' }: ZSegmentCorrection, type: ZType, value: Json): Json {
  return { url, [`value${type.charAt(0).toUpperCase()}${type.slice(1)}`]: value };
}

/** `null` removes. */
function withSlot(statement: Statement, slot: string, value: Json): Statement {
  const { removed = [], slots, ...rest } = statement;
  const others = removed.filter((one) => one !== slot);
  if (value === null) {
    const { [slot]: _, ...kept } = slots;
    return { ...rest, slots: kept, removed: [...others, slot] };
  }
  return { ...rest, slots: { ...slots, [slot]: value }, ...(others.length > 0 && { removed: others }) };
}
