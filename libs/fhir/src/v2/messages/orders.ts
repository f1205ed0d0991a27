import type { StructureMapping } from '../structure-mapping.js';
import { orderMapping } from './order-message.js';

const prescribed = new Set(['RXO']);
const encoded = new Set(['RXE']);

/** Orders of services and drugs, and the answers of who fulfils them. */
export const orders: readonly StructureMapping[] = [
  { name: 'ORM_O01', version: 2 },
  { name: 'OMG_O19', version: 2 },
  { name: 'OML_O21', version: 2 },
  { name: 'OML_O33', version: 2, isBySpecimen: true },
  { name: 'OML_O35', version: 2, isBySpecimen: true },
  { name: 'OML_O39', version: 1 },
  { name: 'OMI_O23', version: 2 },
  { name: 'OMP_O09', version: 2, isPharmacy: true, details: prescribed },
  { name: 'ORR_O02', version: 2, isAnswer: true },
  { name: 'ORG_O20', version: 2, isAnswer: true },
  { name: 'ORL_O22', version: 2, isAnswer: true },
  { name: 'ORL_O34', version: 2, isAnswer: true, isBySpecimen: true },
  { name: 'ORL_O36', version: 2, isAnswer: true, isBySpecimen: true },
  { name: 'ORI_O24', version: 2, isAnswer: true },
  { name: 'ORP_O10', version: 2, isAnswer: true, isPharmacy: true, details: prescribed },
  { name: 'RDE_O01', version: 2, isPharmacy: true, details: encoded },
  { name: 'RDE_O11', version: 2, isPharmacy: true, details: encoded },
  { name: 'RRE_O12', version: 2, isAnswer: true, isPharmacy: true, details: encoded },
].map(orderMapping);
