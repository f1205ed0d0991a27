import type { Segment } from '@anamnesis/hl7v2';
import type { Annotation } from '../../fhir-types.js';
import { valued } from '../compact.js';

/** NTE-3 of consecutive NTE segments: one note, a line per repetition. */
export function noteOf(notes: readonly Segment[]): Annotation | undefined {
  const lines = notes.flatMap((nte) => nte.field(3).repetitions.map(({ formatted }) => formatted));
  const text = valued(lines.join('\n'));
  return text === undefined ? undefined : { text };
}
