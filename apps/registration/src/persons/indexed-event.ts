import type { ReceivedEvent, RecordKey } from '@anamnesis/core';

/** A certified event and the patient record that it is about. */
export interface IndexedEvent {
  readonly event: ReceivedEvent;
  readonly recordKey: RecordKey;
  readonly appendedAt: string;
}
