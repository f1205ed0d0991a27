import type { Repetition } from '@anamnesis/hl7v2';
import type { ObservationValue } from '../../fhir-types.js';
import { numeric } from '../datatypes/nm.js';
import type { Unit } from '../datatypes/unit.js';

const unknownPeriod = {
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
};

/**
 * NA: a row of numbers is a series of samples (NA does not say the time between them). A table of rows, or a row with a
 * gap, has no element in FHIR: text, a line per row.
 */
export function sampledValue(rows: readonly Repetition[], unit: Unit): ObservationValue | undefined {
  const cells = rows.map((row) => Array.from({ length: row.componentCount }, (_, at) => row.text(at + 1).trim()));
  const numbers = cells.flat().map(numeric);
  if (numbers.length === 0) return undefined;
  if (rows.length > 1 || numbers.includes(undefined))
    return { valueString: cells.map((row) => row.join(' ')).join('\n') };
  return {
    valueSampledData: {
      origin: { value: { $decimal: '0' }, ...unit },
      _period: unknownPeriod,
      dimensions: 1,
      data: numbers.map((one) => one?.$decimal).join(' '),
    },
  };
}
