export { assemble } from './assemble/assemble.js';
export * from './decimal.js';
export type * from './fhir-types.js';
export * from './stringify-fhir.js';
export * from './v2/map-message.js';
export type * from './v2/mapping-context.js';
export { structures } from './v2/structures.js';
export type { StructureMapping } from './v2/structure-mapping.js';
