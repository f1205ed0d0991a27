import { readFileSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { openLedger, parseFabricTrust } from '@anamnesis/ledger';
import type { Store } from '@anamnesis/store';
import type { Settings } from '../settings/settings.js';
import { type FabricOrganisation, readFabricOrganisations } from './fabric-organisations.js';
import { Ledgers, type OrganisationLedger } from './ledgers.js';

/** The organisation of a ledger that knows none. */
export const soleOrganisation = '';

/** Opens the ledger that the settings name: one log, or a Fabric channel once for each organisation. */
export async function openLedgers(settings: Settings, store: Store): Promise<Ledgers> {
  if (settings.LEDGER !== 'fabric') {
    const ledger = await openLedger({ backend: 'log', directory: settings.DATA_DIR });
    return new Ledgers([{ organisation: soleOrganisation, facilities: [], isDefault: true, ledger }]);
  }
  const organisations = readFabricOrganisations(settings.FABRIC_ORGANISATIONS_FILE ?? '');
  const opened: OrganisationLedger[] = [];
  try {
    for (const one of organisations) opened.push(await openFabric(settings, store, one));
    return new Ledgers(opened);
  } catch (error) {
    await Promise.all(opened.map(({ ledger }) => ledger.close()));
    throw error;
  }
}

async function openFabric(
  settings: Settings,
  store: Store,
  organisation: FabricOrganisation,
): Promise<OrganisationLedger> {
  const { name, facilities, isDefault, ...identity } = organisation;
  const { FABRIC_TRUST_FILE } = settings;
  const trust =
    FABRIC_TRUST_FILE === undefined ? undefined : parseFabricTrust(JSON.parse(readFileSync(FABRIC_TRUST_FILE, 'utf8')));
  // Loaded when asked for: it brings the tables, which an adapter does not have.
  const { StoredSubmissions } = await import('./stored-submissions.js');
  const ledger = await openLedger({
    backend: 'fabric',
    channel: settings.FABRIC_CHANNEL ?? '',
    chaincode: settings.FABRIC_CHAINCODE,
    ...identity,
    submissions: new StoredSubmissions(store, name),
    report: ({ needsPerson, ...trouble }) => {
      const logger = new Logger('ledger');
      if (needsPerson) logger.error(trouble.message, trouble);
      else logger.warn(trouble.message, trouble);
    },
    ...(trust !== undefined && { trust }),
  });
  return { organisation: name, nameOnLedger: identity.mspId, facilities, isDefault, ledger };
}
