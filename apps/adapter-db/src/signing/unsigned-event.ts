import type { MappedEvent } from '@anamnesis/fhir';
import type { NamedRow } from '../intake/row-name.js';

/** An event that has still to be named and signed. */
export interface UnsignedEvent {
  /** The place of a change, whose id must not hold the row's key; or an id as it is. */
  readonly message: (NamedRow & { readonly position: string }) | string;
  readonly messageType: string;
  readonly mediaType: string;
  readonly receivedAt: string;
  readonly event: MappedEvent;
  /** What the signature is about. */
  readonly body: string;
}
