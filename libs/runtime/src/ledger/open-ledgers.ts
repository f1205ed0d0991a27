import { openLedger } from '@anamnesis/ledger';
import type { Settings } from '../settings/settings.js';
import { Ledgers } from './ledgers.js';

/** The organisation of a ledger that knows none. */
export const soleOrganisation = '';

/** Opens the ledger that the settings name. */
export async function openLedgers(settings: Settings): Promise<Ledgers> {
  if (settings.LEDGER === 'fabric') throw new Error('LEDGER=fabric: no Fabric backend yet');
  const ledger = await openLedger({ backend: 'log', directory: settings.DATA_DIR });
  return new Ledgers([{ organisation: soleOrganisation, facilities: [], isDefault: true, ledger }]);
}
