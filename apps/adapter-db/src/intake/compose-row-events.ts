import { canonicalJson, canonicalWith, type RowChange, type SourceFact } from '@anamnesis/core';
import { type RowContext, type RowMapping, type RowMappingFile, sourceContext } from '@anamnesis/fhir';
import type { SigningIdentity, SourceRegistry } from '@anamnesis/runtime';
import type { UnsignedEvent } from '../signing/unsigned-event.js';
import type { Gap } from '../sources/row-source.js';

export const changeMediaType = 'application/vnd.anamnesis.row-change+json';
export const gapMediaType = 'application/vnd.anamnesis.row-gap+json';

export interface ComposeOptions {
  readonly deploymentKey: Uint8Array;
  readonly registry: SourceRegistry;
  readonly source: SourceFact;
  readonly identity: SigningIdentity;
  readonly mapping: RowMappingFile;
  readonly patientKeyOf: NonNullable<RowContext['patientKeyOf']>;
}

/** What of a change is in canonical JSON before its event is made, since others need it, too. */
export type WrittenChange = Readonly<Partial<Record<'key' | 'after', string | undefined>>>;

/** The event of one change, to be named and signed. */
export function composeRowEvent(
  change: RowChange,
  { event, receivedAt }: Pick<UnsignedEvent, 'event' | 'receivedAt'>,
  written: WrittenChange = {},
): UnsignedEvent {
  const { op, table, key, position } = change;
  return {
    message: { table, key, position },
    messageType: `ROW^${op}^${table}`,
    ...{ mediaType: changeMediaType, receivedAt, event, body: canonicalWith(change, written) },
  };
}

/** The event that says that changes were missed, and found by comparison as far as they were still to be found. */
export function composeGapEvent(gap: Gap, receivedAt: string): UnsignedEvent {
  const { rule = 'log-gap', reason, from, at } = gap;
  const text = gap.text ?? `changes from ${from} on could not be read (${reason}); all rows were compared instead`;
  const findings = [{ rule, location: '', text }];
  const resources = { name: 'unmapped', version: 1, statements: [], warnings: [text], findings };
  return {
    ...{ message: `gap:${from}:${at}`, messageType: 'ROW^gap', mediaType: gapMediaType, receivedAt },
    event: { type: 'row.missed', occurredAt: at, resources },
    body: canonicalJson({ reason, from, at }),
  };
}

/** What mapping a row of this source needs to know; `by`: another mapping than the one in force. */
export function rowMapping(
  receivedAt: string,
  options: ComposeOptions,
  by: Pick<ComposeOptions, 'mapping' | 'patientKeyOf'> = options,
): RowMapping {
  return { mapping: by.mapping, context: { ...settingOf(options, by), receivedAt } };
}

/** A context of which the time is not said yet: all rows of a batch have the rest of it in common. */
type Setting = Omit<RowContext, 'receivedAt'>;
const settings = new WeakMap<Pick<ComposeOptions, 'mapping' | 'patientKeyOf'>, Setting>();

function settingOf(options: ComposeOptions, by: Pick<ComposeOptions, 'mapping' | 'patientKeyOf'>): Setting {
  const known = by === options ? settings.get(options) : undefined;
  if (known !== undefined) return known;
  const { deploymentKey, registry, source } = options;
  const { mapping, patientKeyOf } = by;
  const context = sourceContext({ source, authorities: registry, deploymentKey, receivedAt: '' });
  const setting = { ...context, zone: mapping.source.zone, patientKeyOf };
  if (by === options) settings.set(options, setting);
  return setting;
}
