import { type Finding, findingsMax } from '@anamnesis/core';
import type { Field, Message, Repetition, Segment } from '../message/message.js';
import { shapeOf } from '../text/shape-of.js';
import type { ComponentRule, FieldRule, Rules } from './segment-rules.js';

/** Structures that every version adds to: their absence says nothing of the message. */
const always = new Set(['MSH', 'SFT', 'UAC', 'DSC', 'ADD', 'NTE', 'ARV', 'PRT']);

/** What a sender does wrong it does wrong in these. */
const segmentsMax = 10_000;

/**
 * What a message does not keep of HL7's own rules for its version: required segments and fields, repetition, data types,
 * segments that its structure does not have. Each rule and place once, however often it is broken in the message. Z
 * segments are the sender's own; required segments of optional groups are not judged, nor lengths, which no sender keeps.
 */
export function checkConformance(message: Message, rules: Rules): readonly Finding[] {
  const found = new Findings();
  checkStructure(message, rules, found);
  for (const segment of message.segments.slice(0, segmentsMax)) {
    if (found.isFull) break;
    checkSegment(message, segment, { rules, found });
  }
  return found.list;
}

interface Check {
  readonly rules: Rules;
  readonly found: Findings;
}

function checkStructure({ header, segments }: Message, rules: Rules, found: Findings): void {
  const structure = rules.structure(header.version, header.structure);
  if (structure === undefined) {
    found.add({
      rule: 'structure-unknown',
      location: 'MSH-9',
      text: 'MSH-9: no structure of this version has this name',
    });
    return;
  }
  const present = new Set(segments.map(({ name }) => name));
  const nameOf = (segment: string) => rules.segment(header.version, segment)?.name ?? '';
  for (const name of structure.required) {
    if (present.has(name)) continue;
    const text = `${name} ${nameOf(name)}: required segment is missing`;
    found.add({ rule: 'segment-required', location: name, text });
  }
  for (const name of present) {
    if (structure.known.has(name) || always.has(name) || name.startsWith('Z')) continue;
    const text = `${name} ${nameOf(name)}: not a segment of this structure`;
    found.add({ rule: 'segment-unexpected', location: name, text });
  }
}

function checkSegment({ header: { version } }: Message, segment: Segment, { rules, found }: Check): void {
  const { name, fieldCount } = segment;
  for (const rule of rules.segment(version, name)?.fields ?? []) {
    // Most fields of a segment are not sent: nothing is made for them.
    const field = rule.n > fieldCount ? undefined : segment.field(rule.n);
    if (field === undefined || field.isEmpty) {
      if (rule.isRequired) found.missing(name, rule);
    } else {
      const components = rule.isOfSentType ? rules.typed(version, segment.field(2).text()) : rule.components;
      checkField(field, { name, rule, components, found });
    }
  }
}

interface Place {
  readonly name: string;
  readonly rule: FieldRule;
  readonly components: readonly ComponentRule[];
  readonly found: Findings;
}

function checkField(field: Field, place: Place): void {
  const { name, rule, found } = place;
  if (place.components.length === 0 && rule.repeats) return;
  const { repetitions } = field;
  if (!rule.repeats && repetitions.length > 1) {
    const location = `${name}-${rule.n}`;
    found.add({ rule: 'field-repeats', location, text: `${location} ${rule.name}: may not repeat` });
  }
  for (const repetition of repetitions) if (!repetition.isNull) checkComponents(field, repetition, place);
}

function checkComponents(field: Field, repetition: Repetition, place: Place): void {
  // Long types end early in practice: what is not sent is not looked for.
  const sent = repetition.componentCount;
  for (const component of place.components) {
    if (component.isRequired) checkPresence(field, repetition, { component, place });
    if (component.pattern !== undefined && component.n <= sent) checkForm(repetition, component, place);
  }
}

function checkPresence(
  field: Field,
  repetition: Repetition,
  { component, place: { name, rule, found } }: { readonly component: ComponentRule; readonly place: Place },
): void {
  if (repetition.component(component.n).detached !== undefined) return;
  // What cannot be decoded reads as empty, and is a finding of its own.
  if (repetition.text(component.n) !== '' || field.isUndecodable || repetition.texts.every((one) => one === '')) return;
  const { location, text } = placeOf(name, rule, component);
  found.add({ rule: 'component-required', location, text: `${text}: required, and empty` });
}

function checkForm(repetition: Repetition, component: ComponentRule, { name, rule, found }: Place): void {
  const value = repetition.text(component.n);
  if (value === '' || component.pattern?.test(value.trim()) !== false) return;
  const { location, text } = placeOf(name, rule, component);
  found.add({
    rule: 'data-type',
    location,
    text: `${text}: not of data type ${component.type}`,
    shape: shapeOf(value),
  });
}

function placeOf(segment: string, { n, name }: FieldRule, component: ComponentRule) {
  const isPrimitive = component.name === '';
  const location = isPrimitive ? `${segment}-${n}` : `${segment}-${n}.${component.n}`;
  return { location, text: isPrimitive ? `${location} ${name}` : `${location} ${name}, ${component.name}` };
}

class Findings {
  readonly #byPlace = new Map<string, Finding>();

  add(finding: Finding): void {
    const key = `${finding.rule} ${finding.location}`;
    if (!this.isFull && !this.#byPlace.has(key)) this.#byPlace.set(key, finding);
  }

  missing(segment: string, { n, name }: FieldRule): void {
    const location = `${segment}-${n}`;
    this.add({ rule: 'field-required', location, text: `${location} ${name}: required, and empty` });
  }

  get isFull(): boolean {
    return this.#byPlace.size >= findingsMax;
  }

  get list(): readonly Finding[] {
    return [...this.#byPlace.values()];
  }
}
