import { Draft } from '../draft.js';
import { chooseTimes } from '../event-times.js';
import { statePlace } from '../segments/loc.js';
import { statePractitioner } from '../segments/stf.js';
import { eventOf, type StructureMapping } from '../structure-mapping.js';
import { masterEntries, type MasterEntry } from './master-files.js';

/** MFN_M02: staff. */
export const mfnM02 = masterMapping('MFN_M02', { type: 'practitioner.updated', state: statePractitioner });

/** MFN_M05: places. */
export const mfnM05 = masterMapping('MFN_M05', { type: 'location.updated', state: statePlace });

interface MasterOptions {
  readonly type: string;
  readonly state: (entry: MasterEntry, draft: Draft) => void;
}

/** One event about nobody. What a master file says is shown; it permits nothing. */
function masterMapping(name: string, { type, state }: MasterOptions): StructureMapping {
  const mapping = { name, version: 2 };
  return {
    ...mapping,
    map: (message, context) => {
      const draft = new Draft(message, context);
      const [mfi] = message.all('MFI');
      // MFI-5: when the changes were made.
      const { statedAt, occurredAt } = chooseTimes([mfi?.field(5).text() ?? '', message.header.timestamp], draft.times);
      draft.statedAt = statedAt ?? context.receivedAt;
      for (const entry of masterEntries(message)) state(entry, draft);
      return [eventOf(draft, { type, occurredAt, mapping })];
    },
  };
}
