import { partsByPatient } from '../message-part.js';
import type { StructureMapping } from '../structure-mapping.js';
import { mapAdt } from './adt.js';

const mapping = { name: 'ADT_A17', version: 4 };
const effect = { type: 'encounter.moved', status: 'in-progress', place: 'moved' } as const;

/** ADT_A17: two patients swap beds. Each is moved to the place of its own PV1-3, in an event of its own. */
export const adtA17: StructureMapping = {
  ...mapping,
  map: (message, context) =>
    partsByPatient(message).map((part) => mapAdt({ message, part, context }, { effect, mapping })),
};
