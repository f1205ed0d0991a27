import { notFound } from '../fhir-failure.js';
import { referenceOf, type Served, urlOf } from './bundle.js';
import { etagOf, type ServedOne } from './read-one.js';
import { readProvenance } from './read-provenance.js';
import { entryOf } from './run-history.js';
import { readAudit } from './search-audit.js';
import type { SearchContext } from './run-search.js';

export type ComputedType = 'AuditEvent' | 'Provenance';

/** Types that are computed when asked for and have one version. Throws 404. */
export async function readComputed(
  context: SearchContext,
  { type, id }: { type: ComputedType; id: string },
  version = '1',
): Promise<ServedOne> {
  if (version !== '1') throw notFound();
  return type === 'AuditEvent' ? readAudit(context.store, id) : readProvenanceOf(context, id);
}

export async function historyOfComputed(
  context: SearchContext,
  target: { type: ComputedType; id: string },
): Promise<Served> {
  const one = await readComputed(context, target);
  const path = `${target.type}/${target.id}/_history`;
  return {
    persons: one.persons,
    resources: one.resources,
    resource: {
      resourceType: 'Bundle',
      type: 'history',
      total: 1,
      link: [{ relation: 'self', url: urlOf(context.origin, path, []) }],
      entry: [entryOf(context.origin, one.resource)],
    },
  };
}

/** No ETag while the anchor is awaited: the anchor state makes no version, yet what is held by then is not final. */
async function readProvenanceOf({ reader, origin }: SearchContext, id: string): Promise<ServedOne> {
  const facts = /^[a-z2-7]{32}$/.test(id) ? (await reader.eventFacts([id])).get(id) : undefined;
  const [found] = facts === undefined ? [] : await readProvenance(reader, [id], origin);
  if (facts === undefined || found === undefined) throw notFound();
  const { resource, persons } = found;
  const etag = etagOf(resource);
  const { anchor, decidedAt, integrity } = facts;
  return {
    resource,
    persons,
    resources: [referenceOf(resource)],
    lastModified: anchor.state === 'anchored' ? anchor.anchoredAt : decidedAt,
    hasMismatch: integrity === 'mismatch',
    ...(anchor.state === 'anchored' && integrity === 'intact' && etag !== undefined && { etag }),
  };
}
