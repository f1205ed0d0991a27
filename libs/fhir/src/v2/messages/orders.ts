import type { StructureMapping } from '../structure-mapping.js';
import { orderMapping } from './order-message.js';

const prescribed = new Set(['RXO']);
const encoded = new Set(['RXE']);

/** Orders of services and drugs, and the answers of who fulfils them. */
export const orders: readonly StructureMapping[] = [
  { name: 'ORM_O01', version: 4 },
  { name: 'OMG_O19', version: 4 },
  { name: 'OML_O21', version: 4 },
  { name: 'OML_O33', version: 4, isBySpecimen: true },
  { name: 'OML_O35', version: 4, isBySpecimen: true },
  { name: 'OML_O39', version: 3 },
  { name: 'OMI_O23', version: 4 },
  { name: 'OMP_O09', version: 4, isPharmacy: true, details: prescribed },
  { name: 'ORR_O02', version: 4, isAnswer: true },
  { name: 'ORG_O20', version: 4, isAnswer: true },
  { name: 'ORL_O22', version: 4, isAnswer: true },
  { name: 'ORL_O34', version: 4, isAnswer: true, isBySpecimen: true },
  { name: 'ORL_O36', version: 4, isAnswer: true, isBySpecimen: true },
  { name: 'ORI_O24', version: 4, isAnswer: true },
  { name: 'ORP_O10', version: 4, isAnswer: true, isPharmacy: true, details: prescribed },
  { name: 'RDE_O01', version: 4, isPharmacy: true, details: encoded },
  { name: 'RDE_O11', version: 4, isPharmacy: true, details: encoded },
  { name: 'RRE_O12', version: 4, isAnswer: true, isPharmacy: true, details: encoded },
].map(orderMapping);
