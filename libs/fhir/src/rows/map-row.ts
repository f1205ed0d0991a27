import {
  findingsMax,
  localCodesMax,
  type ClaimedIdentity,
  type Finding,
  type Json,
  type LocalCode,
  type PatientIdentifier,
  type RowChange,
  type Statement,
} from '@anamnesis/core';
import type { MappedEvent } from '../v2/mapping-context.js';
import type { RowMappingFile, TableMapping } from './mapping-file.js';
import { readSlots } from './read-slots.js';
import { claimedIdentity, claimedNumber } from './row-claims.js';
import type { RowContext } from './row-context.js';
import { rowEventType } from './row-event-type.js';
import { keyText, patientOf, rowOf } from './row-identity.js';
import { RowReader, type RowPlace } from './row-reader.js';
import { rowTimes } from './row-times.js';
import { patientElement } from './filled-elements.js';
import { stateRow } from './state-row.js';

/**
 * The event that one change of a row is, by its mapping file. Never throws for content: a value that does not convert is a
 * finding, a row that cannot be mapped is `row.unmapped` with the reason in its warnings. The same change, file and context
 * always give the same event.
 */
export function mapRow(change: RowChange, mapping: RowMappingFile, context: RowContext): MappedEvent {
  const findings: Finding[] = [];
  const codes: LocalCode[] = [];
  const place: RowPlace = {
    ...{ table: change.table, mapping },
    context: { ...context, onLocalCode: (code) => void (codes.length < localCodesMax && codes.push(code)) },
    onFinding: (finding) => void (findings.length < findingsMax && findings.push(finding)),
  };
  const event = eventOf(change, place);
  const told = distinct(findings);
  return {
    ...event,
    resources: {
      ...event.resources,
      warnings: [...event.resources.warnings, ...new Set(told.map(({ location, text }) => `${location}: ${text}`))],
      ...(told.length > 0 && { findings: told }),
      ...(codes.length > 0 && { localCodes: distinct(codes) }),
    },
  };
}

function eventOf(change: RowChange, place: RowPlace): MappedEvent {
  const table = tableOf(place);
  if (table === undefined) return unmapped(change, place, 'the mapping file has no such table');
  if (change.key.length !== table.key.length || keyText(change.key) === '') {
    place.onFinding?.({ rule: 'row-key', location: place.table, text: 'the row has no key' });
    return unmapped(change, place, 'the row has no key');
  }
  const subject = patientOf(change, place);
  const isAboutPatient = table.resources.some(({ type }) => type === 'Patient' || patientElement(type) !== undefined);
  if (subject === undefined && isAboutPatient && place.mapping.patients !== undefined) {
    place.onFinding?.({ rule: 'row-patient', location: place.table, text: 'the row names no patient' });
    return unmapped(change, place, 'the row names no patient');
  }
  return mapped(change, place, { table, subject });
}

interface MappedTable {
  readonly table: TableMapping;
  readonly subject: PatientIdentifier | undefined;
}

function mapped(change: RowChange, place: RowPlace, { table, subject }: MappedTable): MappedEvent {
  const { statedAt, occurredAt } = rowTimes(change, table, place);
  const stated = { change, place, subject, statedAt };
  const statements = table.resources
    .map((resource) => stateRow(resource, stated))
    .filter((one): one is Statement => one !== undefined);
  const [first] = statements;
  const type = first?.resourceType ?? table.resources[0]?.type ?? '';
  return {
    type: rowEventType(type, change.op, statusIn(first)),
    ...(subject !== undefined && { subject, identity: identityOf(change, place, subject) }),
    ...(occurredAt !== undefined && { occurredAt }),
    resources: { ...nameOf(place), statements, warnings: [] },
  };
}

function statusIn(statement: Statement | undefined): Json | undefined {
  return statement?.slots['status'];
}

function identityOf(change: RowChange, place: RowPlace, subject: PatientIdentifier): ClaimedIdentity {
  const { patients, tables } = place.mapping;
  const type = patients?.type ?? '';
  const resource = tables[place.table]?.resources[0];
  if (patients?.table !== place.table || resource === undefined) return claimedNumber(subject, type);
  const { table, mapping, context } = place;
  const quiet = new RowReader(rowOf(change, place), {
    table,
    mapping,
    context: { ...context, onLocalCode: () => undefined },
  });
  return claimedIdentity({ ...subject, type }, readSlots(resource, quiet));
}

/** Says whose row it is, where that is known, and nothing about them. */
function unmapped(change: RowChange, place: RowPlace, reason: string): MappedEvent {
  const subject = tableOf(place) === undefined ? undefined : patientOf(change, place);
  const type = place.mapping.patients?.type ?? '';
  return {
    type: 'row.unmapped',
    ...(subject !== undefined && { subject, identity: claimedNumber(subject, type) }),
    resources: { name: 'unmapped', version: 1, statements: [], warnings: [`${change.table}: ${reason}`] },
  };
}

function tableOf({ mapping, table }: RowPlace): TableMapping | undefined {
  return Object.hasOwn(mapping.tables, table) ? mapping.tables[table] : undefined;
}

function nameOf({ mapping }: RowPlace): { readonly name: string; readonly version: number } {
  return { name: mapping.name, version: mapping.version };
}

function distinct<One>(all: readonly One[]): readonly One[] {
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}
