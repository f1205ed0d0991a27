import { assertionOf } from './assertion-of.js';
import type { FactOf, Placed } from './facts.js';
import { kindsOfRecords, NumberAliases } from './number-aliases.js';
import type { Projection } from './projection.js';
import { ResourceChart } from './resource-chart.js';

/**
 * Links and merges of patient records, and what undoes them, one by one: what was said of them under a number that a source
 * used for both is one resource as long as they are one person. To be called before the assertions are stored.
 */
export async function regroupReused(projection: Projection, facts: readonly Placed<FactOf<'person'>>[]): Promise<void> {
  const { manager, reused } = projection;
  const ends = facts.flatMap(({ header }) => [header.first.recordKey, header.second.recordKey]);
  const near = await NumberAliases.load(manager, ends, kindsOfRecords);
  const records = new Set([...ends, ...near.merges.flatMap(({ firstKey, secondKey }) => [firstKey, secondKey])]);
  const rows = await reused.loadOf('recordKey', [...records]);
  if (rows.length === 0) return;
  const links = await NumberAliases.load(
    manager,
    [...records, ...rows.map(({ recordKey }) => recordKey)],
    kindsOfRecords,
  );
  for (const fact of facts) {
    const assertion = assertionOf(fact.header);
    if (!links.take(assertion)) continue;
    const concerned = new Set([
      ...links.connectedWith(assertion.firstKey),
      ...links.connectedWith(assertion.secondKey),
    ]);
    const numbers = new Set(rows.filter(({ recordKey }) => concerned.has(recordKey)).map(({ numberId }) => numberId));
    for (const numberId of numbers) reused.join(numberId, links);
    const resources = rows
      .filter(({ numberId }) => numbers.has(numberId))
      .map(({ resourceType, memberId }) => [memberId, { resourceType, id: memberId }] as const);
    const chart = new ResourceChart(projection);
    await chart.load([...new Map(resources).values()]);
    for (const resource of new Map(resources).values()) await chart.regroup(resource, fact);
    await chart.flush();
  }
}
