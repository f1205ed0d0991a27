import type { StructureMapping } from '../structure-mapping.js';
import { adtMapping } from './adt.js';
import { mapWithdrawal } from './adt-a29.js';

const name = 'ADT_A21';
const version = 5;

const effects = adtMapping(name, version, {
  A21: { type: 'encounter.updated', status: 'onleave', place: 'seen' },
  A22: { type: 'encounter.updated', status: 'in-progress', place: 'moved' },
  A23: { type: 'encounter.cancelled', status: 'entered-in-error', place: 'unsaid' },
  A25: {
    type: 'encounter.updated',
    place: 'unsaid',
    cancels: ['A16'],
    unsaid: ['extension:plannedEnd', 'period.end', 'hospitalization.dischargeDisposition'],
  },
  A26: { type: 'encounter.updated', place: 'unsaid', cancels: ['A15'] },
  A27: { type: 'encounter.cancelled', status: 'cancelled', place: 'unsaid', cancels: ['A14'] },
  A32: { type: 'encounter.moved', place: 'unsaid', cancels: ['A10'] },
  A33: { type: 'encounter.moved', place: 'unsaid', cancels: ['A09'] },
});

/**
 * ADT_A21: leave of absence (A21, A22), delete a visit (A23) or a person (A29), and the cancels of what is pending (A25,
 * A26, A27) or was tracked (A32, A33). A cancel gives back what history has; what its PV1 repeats of it is not read.
 */
export const adtA21: StructureMapping = {
  name,
  version,
  map: (message, context) =>
    message.header.triggerEvent === 'A29'
      ? [mapWithdrawal(message, context, { name, version })]
      : effects.map(message, context),
};
