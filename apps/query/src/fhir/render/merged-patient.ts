import { assemble } from '@anamnesis/fhir';
import { type Json, type MergedElement, type ResourceState, type SourcePatient, survive } from '@anamnesis/core';
import type { MergedPart, MergedVersion } from '../../history/history-types.js';
import type { FhirResource } from '../fhir-json.js';
import { integrityTags, withMeta } from './meta.js';

export interface RenderedPatient {
  readonly resource: FhirResource;
  /** Where each value comes from: targets of Provenance. */
  readonly elements: readonly MergedElement[];
}

/** Elements that say how a record stands among others: of the merged view they are computed, or said by no retired one. */
const ofEveryRecord = ['link'];
const ofRetiredRecords = ['link', 'active'];

/** The merged view of a person as one Patient: tagged `merged`, linked to its source records (fhir.md §7). */
export function renderMerged(merged: MergedVersion): RenderedPatient {
  const { slots, elements } = survive(standing(merged.parts).flatMap(sourcePatients));
  const identifiers = [...asList(slots['identifier']), ...unstatedNumbers(merged.parts)];
  const links = linksOf(merged);
  const assembled = assemble('Patient', merged.personId, {
    ...slots,
    ...(identifiers.length > 0 && { identifier: identifiers }),
    ...(merged.intoPersonId !== undefined && { active: false }),
    ...(links.length > 0 && { link: links }),
  });
  const eventId = merged.cause.eventId ?? newestEvent(merged.parts);
  const tags = ['merged' as const, ...integrityTags(merged.parts.map(({ source }) => source?.integrity ?? 'intact'))];
  const { version: versionId, lastUpdated } = merged;
  return { resource: withMeta(assembled, { versionId, lastUpdated, eventId, tags }), elements };
}

/** A record that its facility withdrew (A29) says nothing of a person whom another record stands for. */
function standing(parts: readonly MergedPart[]): readonly MergedPart[] {
  const others = parts.filter(({ source, isAliased }) => isAliased || source?.state?.slots['active'] !== false);
  return others.some(({ source }) => source !== undefined) ? others : parts;
}

function sourcePatients({ record, source, isAliased }: MergedPart): readonly SourcePatient[] {
  const state = source?.state;
  if (state === undefined) return [];
  const { system, value, ordinal = Number.MAX_SAFE_INTEGER } = record;
  const kept = without(state, isAliased ? ofRetiredRecords : ofEveryRecord);
  return [{ state: kept, ordinal, isAliased, number: { system, value } }];
}

function without(state: ResourceState, names: readonly string[]): ResourceState {
  const slots = Object.entries(state.slots).filter(([slot]) => !names.includes(slot.split(':', 1)[0] ?? slot));
  return { ...state, slots: Object.fromEntries(slots) };
}

/** A number that only an assertion named (A40 of a number never sent otherwise) is an identifier of the person too. */
function unstatedNumbers(parts: readonly MergedPart[]): readonly Json[] {
  return parts
    .filter(({ source }) => source === undefined)
    .map(({ record: { system, value }, isAliased }) => ({ ...(isAliased && { use: 'old' }), system, value }));
}

function linksOf({ personId, parts, intoPersonId }: MergedVersion): readonly Json[] {
  if (intoPersonId !== undefined) return [{ other: { reference: `Patient/${intoPersonId}` }, type: 'replaced-by' }];
  return parts
    .filter(({ record }) => record.patientId !== personId)
    .map(({ record: { patientId, system, value }, isAliased }) => ({
      other: { reference: `Patient/${patientId}`, identifier: { system, value } },
      type: isAliased ? 'replaces' : 'seealso',
    }));
}

function newestEvent(parts: readonly MergedPart[]): string | undefined {
  const sources = parts.flatMap(({ source }) => (source === undefined ? [] : [source]));
  return sources.sort((a, b) => (a.lastUpdated < b.lastUpdated ? 1 : -1))[0]?.eventId;
}

function asList(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
