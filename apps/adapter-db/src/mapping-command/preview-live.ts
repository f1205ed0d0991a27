import { assemble, type FhirResource, type MappedEvent, type RowMappingFile } from '@anamnesis/fhir';
import type { LiveDatabase } from './live-database.js';
import { mapSample } from './map-sample.js';

export interface PreviewOptions {
  readonly rows: number;
  /** One table alone. */
  readonly table?: string | undefined;
}

/** What the first rows of each table become: the event, its patient, the resources, and what could not be used. Shows values. */
export async function* previewLive(
  mapping: RowMappingFile,
  database: LiveDatabase,
  { rows: count, table: only }: PreviewOptions,
): AsyncGenerator<string> {
  const tables = Object.keys(mapping.tables).filter((name) => only === undefined || name === only);
  for (const table of tables) {
    const rows = await database.rows(table, count);
    yield `# ${table}: ${rows.length} rows`;
    for (const row of rows) yield* shown(await mapSample({ table, row }, mapping, database));
  }
}

function* shown({ type, subject, resources }: MappedEvent): Generator<string> {
  yield subject === undefined ? type : `${type} of ${subject.system} ${subject.value}`;
  for (const { resourceType, id, slots } of resources.statements) {
    yield indented(assemble(resourceType, id, slots));
  }
  for (const warning of resources.warnings) yield `! ${warning}`;
  for (const { system, code } of resources.localCodes ?? [])
    yield `? ${system} ${code}: a local code that nothing translates`;
}

/** As `stringifyFhir`, on several lines: decimals keep their digits. */
function indented(resource: FhirResource): string {
  return JSON.stringify(resource, null, 2).replace(/\{\s*"\$decimal":\s*"([-+.0-9eE]+)"\s*\}/g, '$1');
}
