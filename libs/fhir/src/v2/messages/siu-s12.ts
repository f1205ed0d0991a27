import { stateAppointment } from '../appointments/sch.js';
import { stateLooseObservations } from '../orders/loose-observations.js';
import { ownSegments } from '../orders/order-groups.js';
import type { Belonging } from '../segments/dg1.js';
import type { StructureMapping } from '../structure-mapping.js';
import { patientEvent } from './patient-event.js';

const mapping = { name: 'SIU_S12', version: 5 };

/** S23, S24 and S25 are about slots of nobody's appointment. */
const types: ReadonlyMap<string, string> = new Map([
  ['S12', 'appointment.booked'],
  ['S13', 'appointment.moved'],
  ['S14', 'appointment.updated'],
  ['S15', 'appointment.cancelled'],
  ['S16', 'appointment.cancelled'],
  ['S17', 'appointment.withdrawn'],
  ['S18', 'appointment.updated'],
  ['S19', 'appointment.updated'],
  ['S20', 'appointment.updated'],
  ['S21', 'appointment.updated'],
  ['S22', 'appointment.updated'],
  ['S26', 'appointment.missed'],
  ['S27', 'appointment.updated'],
]);

/** SIU_S12: an Appointment, from booking to what became of it. */
export const siuS12: StructureMapping = {
  ...mapping,
  map: (message, context) => {
    const type = types.get(message.header.triggerEvent);
    const say = (place: Belonging): void => {
      const sch = message.first('SCH');
      stateLooseObservations(ownSegments(message), place);
      if (sch) stateAppointment(sch, place);
      else place.draft.warn('no SCH: the appointment is kept in the message only');
    };
    return type === undefined ? undefined : [patientEvent(message, context, { mapping, type, say })];
  },
};
