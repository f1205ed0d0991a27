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
  const findings = new Map<string, Finding>();
  const codes = new Map<string, LocalCode>();
  const place: RowPlace = {
    table: change.table,
    mapping,
    context: { ...context, onLocalCode: (code) => codes.set(`${code.system} ${code.code}`, code) },
    onFinding: (finding) => findings.set(`${finding.rule} ${finding.location}`, finding),
  };
  const event = eventOf(change, place);
  if (findings.size === 0 && codes.size === 0) return event;
  const told = [...findings.values()].slice(0, findingsMax);
  const warnings = told.map(({ location, text }) => `${location}: ${text}`);
  return {
    ...event,
    resources: {
      ...event.resources,
      warnings: [...new Set([...event.resources.warnings, ...warnings])],
      ...(told.length > 0 && { findings: told }),
      ...(codes.size > 0 && { localCodes: [...codes.values()].slice(0, localCodesMax) }),
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
  const reader = new RowReader(rowOf(change, place), change.op === 'd' ? silent(place) : place);
  const statements = table.resources
    .map((resource) => stateRow(resource, { change, subject, statedAt, reader }))
    .filter((one): one is Statement => one !== undefined);
  const [first] = statements;
  const type = first?.resourceType ?? table.resources[0]?.type ?? '';
  return {
    type: rowEventType(type, change.op, statusIn(first)),
    ...(subject !== undefined && { subject, identity: identityOf(reader, table, subject) }),
    ...(occurredAt !== undefined && { occurredAt }),
    resources: { name: place.mapping.name, version: place.mapping.version, statements, warnings: [] },
  };
}

/** What a row held that is gone was reported when it came. */
function silent({ table, mapping, context }: RowPlace): RowPlace {
  return { table, mapping, context: { ...context, onLocalCode: () => undefined } };
}

function statusIn(statement: Statement | undefined): Json | undefined {
  return statement?.slots['status'];
}

function identityOf(reader: RowReader, { resources }: TableMapping, subject: PatientIdentifier): ClaimedIdentity {
  const { mapping, table } = reader.place;
  const type = mapping.patients?.type ?? '';
  const [resource] = resources;
  if (mapping.patients?.table !== table || resource === undefined) return claimedNumber(subject, type);
  return claimedIdentity({ ...subject, type }, readSlots(resource, reader));
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
