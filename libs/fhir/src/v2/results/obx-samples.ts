import type { Repetition } from '@anamnesis/hl7v2';
import type { ObservationValue } from '../../fhir-types.js';
import { valuedAll } from '../compact.js';
import type { Unit } from '../recent-readings.js';

/**
 * NA: rows of numbers, all of one Observation. FHIR's SampledData asks for the time between samples, which NA does not
 * say: text, a line per row.
 */
export function sampledText(rows: readonly Repetition[], { unit = '' }: Unit): ObservationValue | undefined {
  const lines = rows.map((row) => valuedAll([...row.texts, unit]).join(' '));
  return lines.length === 0 ? undefined : { valueString: lines.join('\n') };
}
