import type { DateBounds, DatePrefix } from '../../history/history-types.js';
import { dateBounds } from '../../history/date-bounds.js';
import { invalidParameter } from '../fhir-failure.js';

const pattern = /^(eq|ne|lt|gt|le|ge|sa|eb)?(\d.*)$/;
/** An offset's `+` that became a space in a URL. */
const spacedOffset = / (\d{2}:\d{2})$/;

/**
 * The span of time that a date parameter names, at the precision it was given in: `2024-03` is all of March (UTC). A
 * time without offset counts as UTC. Throws 400 for what is no date; `ap` is not served.
 */
export function prefixedDate(param: string, text: string): DateBounds {
  const [, prefix = 'eq', date = ''] = pattern.exec(text) ?? [];
  const spelled = date.replace(spacedOffset, '+$1');
  const bounds = isRealDay(spelled) ? dateBounds(spelled) : undefined;
  if (bounds === undefined) throw invalidParameter(param, 'not a date with a known prefix');
  return { prefix: prefix as DatePrefix, ...bounds };
}

/** Date parsers roll 30 February over instead of refusing it. */
function isRealDay(text: string): boolean {
  const day = text.slice(0, 10);
  if (day.length < 10) return day !== '0000';
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}
