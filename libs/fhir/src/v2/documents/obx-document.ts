import type { Json, PatientIdentifier } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import type { Attachment, Reference } from '../../fhir-types.js';
import { conceptOf } from '../datatypes/cwe.js';
import { entityIdentifier, entityNumber } from '../datatypes/ei.js';
import type { Draft } from '../draft.js';
import { Slots } from '../slots.js';
import { codeMap } from '../tables/code-map.js';

/** Where a document among results or with an order stands. */
export interface ObxDocumentPlace {
  readonly draft: Draft;
  readonly subject: PatientIdentifier;
  readonly visit: { readonly reference: Reference } | undefined;
  /** ISO 8601 UTC, when it was reported. */
  readonly statedAt?: string | undefined;
  /** The report that it is part of. */
  readonly report?: Reference | undefined;
}

interface ObxDocument {
  readonly obx: Segment;
  readonly key: { readonly system: string; readonly key: string };
  readonly attachments: readonly Attachment[];
  /** Of an Observation: what OBX-11 says of the lines. */
  readonly status: string;
}

/** OBX-11 as FHIR's composition status. A document that could not be had has none. */
const documentStatuses = codeMap({
  amended: 'amended',
  corrected: 'amended',
  'entered-in-error': 'entered-in-error',
  final: 'final',
  preliminary: 'preliminary',
  registered: 'preliminary',
});

/**
 * OBX of type ED or RP as a DocumentReference (fhir.md §4; the guide leaves it open): found as any document is, whatever
 * message brought it. An empty one says nothing; one that was withdrawn keeps what was there.
 */
export function stateObxDocument(document: ObxDocument, place: ObxDocumentPlace): Reference | undefined {
  const { obx, key, attachments, status } = document;
  const { draft, subject, visit, statedAt, report } = place;
  const isWithdrawing = status === 'entered-in-error';
  if (attachments.length === 0 && !isWithdrawing) return undefined;
  const [cwe] = obx.field(3).repetitions;
  const number = entityIdentifier(entityNumber(obx.field(21), 'OBX-21', draft), draft, 'FILL');
  const content: readonly Json[] = attachments.map((attachment) => ({ attachment }));
  const slots = new Slots()
    .set('identifier', number && [number])
    .set('status', isWithdrawing ? 'entered-in-error' : 'current')
    .set('docStatus', documentStatuses.get(status))
    .set('type', cwe && conceptOf(cwe, { draft, location: 'OBX-3' }))
    .set('subject', draft.patientReference(subject))
    .set('date', statedAt)
    .set('content', content)
    .set('context.encounter', visit && [visit.reference])
    .set('context.period', draft.times.period(obx.field(14).text(), ''))
    .set('context.related', report && [report]);
  const id = draft.resourceId('DocumentReference', key.system, key.key);
  draft.state({
    resourceType: 'DocumentReference',
    id,
    slots,
    isWithdrawing,
    ...(statedAt !== undefined && { statedAt }),
  });
  return { reference: `DocumentReference/${id}` };
}
