import type { Corrections } from '@anamnesis/core';
import { correct, type Correction, type Message } from '@anamnesis/hl7v2';
import { mapMessage } from '../v2/map-message.js';
import type { MappedEvent, MappingContext } from '../v2/mapping-context.js';

/** A message as its source means it. */
export interface Meant {
  readonly message: Message;
  readonly corrections: readonly Correction[];
  readonly events: readonly MappedEvent[];
}

/** Corrects a message and maps it, as at intake; without a corrections file it is mapped as it came. */
export function mapMeant(message: Message, context: MappingContext, file: Corrections | undefined): Meant {
  if (file === undefined) return { message, corrections: [], events: mapMessage(message, context) };
  const corrected = correct(message, file);
  return { ...corrected, events: mapMessage(corrected.message, { ...context, zSegments: file.zSegments }) };
}
