import { type AccessRecord, type Fields, fieldsOf, integerOf, listOf, Rejected, textOf } from '@anamnesis/core';
import { AccessEvent, AccessPerson } from '@anamnesis/store';

export interface AccessRows {
  readonly event: AccessEvent;
  readonly persons: readonly AccessPerson[];
}

/** The rows that one record of `access.recorded` becomes. Throws `Rejected('invalid-event')`. */
export function accessRows(header: Fields): AccessRows {
  const record = parseAccessRecord(header);
  const { id, at, outcome, actor, action } = record;
  return {
    event: { id, at, outcome, role: actor.role, token: actor.token ?? '', action, record: JSON.stringify(record) },
    persons: record.persons.map((personId) => ({ personId, at, accessId: id })),
  };
}

function parseAccessRecord(header: Fields): AccessRecord {
  for (const field of ['id', 'at', 'address', 'action', 'request', 'requestId']) textOf(header, field);
  const outcome = textOf(header, 'outcome');
  if (outcome !== 'permitted' && outcome !== 'denied') throw new Rejected('invalid-event', 'outcome is not known');
  integerOf(header, 'status');
  textOf(fieldsOf(header['actor'], 'actor'), 'role');
  for (const list of ['persons', 'resources'])
    for (const one of listOf(header, list))
      if (typeof one !== 'string') throw new Rejected('invalid-event', `${list} holds something else than ids`);
  return header as unknown as AccessRecord;
}
