import type { ErrorCondition } from '../message/message-error.js';
import type { Location } from '../message/warning.js';
import type { Dictionary } from './dictionary.js';

/**
 * The condition with a text that somebody can act on: `PID-3 Patient Identifier List, repetition 2, component 1 ID Number:
 * the patient identifier is too long (212 digits)`. Place by HL7's own names, the rule, the shape of the value and nothing
 * of it. A text that begins with the place is not told it twice.
 */
export function explainCondition(condition: ErrorCondition, dictionary: Dictionary, version: string): ErrorCondition {
  const { location, text, shape } = condition;
  if (location === undefined) return condition;
  const place = nameOfPlace(location, dictionary, version);
  const start = fieldLabel(location);
  const rule = text.startsWith(`${start} `) ? `${place}${text.slice(start.length)}` : `${place}: ${text}`;
  return { ...condition, text: shape === undefined ? rule : `${rule} (${shape})` };
}

/** `PID-3 Patient Identifier List, repetition 2, component 1 ID Number`, as far as the dictionary knows names. */
export function nameOfPlace(location: Location, dictionary: Dictionary, version: string): string {
  const { segment, position, field } = location;
  const occurrence = position > 1 ? [`occurrence ${position}`] : [];
  if (field === undefined) return [named(segment, dictionary.segmentName(version, segment)), ...occurrence].join(', ');
  const definition = dictionary.field(version, segment, field);
  const within = placesWithin(location, definition, (type, n) => dictionary.component(version, type, n)?.desc);
  return [named(fieldLabel(location), definition?.desc), ...occurrence, ...within].join(', ');
}

function placesWithin(
  { repetition, component }: Location,
  definition: ReturnType<Dictionary['field']>,
  componentName: (type: string, n: number) => string | undefined,
): readonly string[] {
  const places: string[] = [];
  const isOnlyOne = repetition === 1 && definition?.rep === 1;
  if (repetition !== undefined && !isOnlyOne) places.push(`repetition ${repetition}`);
  if (component !== undefined)
    places.push(named(`component ${component}`, componentName(definition?.type ?? '', component)));
  return places;
}

function fieldLabel({ segment, field }: Location): string {
  return field === undefined ? segment : `${segment}-${field}`;
}

function named(label: string, name: string | undefined): string {
  return name === undefined ? label : `${label} ${name}`;
}
