import { numberedTypes } from '@anamnesis/core';
import { ChartAssertion } from '@anamnesis/store';
import { replaceAll } from '../archive/rows.js';
import { assertionOf } from './assertion-of.js';
import type { FactOf, Placed } from './facts.js';
import { NumberAliases } from './number-aliases.js';
import type { Projection } from './projection.js';
import { ResourceChart } from './resource-chart.js';

/**
 * A merge of two visits or accounts, or its undo: what leads to the survivor is read as it from here on, or is not any more,
 * and with it whatever that one leads to.
 */
export async function projectNumberMerge(projection: Projection, fact: Placed<FactOf<'person'>>): Promise<void> {
  const { manager } = projection;
  const merge = assertionOf(fact.header);
  if (merge.kind !== 'visit' && merge.kind !== 'account') throw new TypeError('a merge of no numbers');
  const aliases = await NumberAliases.load(manager, [merge.firstKey, merge.secondKey]);
  if (!aliases.take(merge)) return;
  await replaceAll(manager, ChartAssertion, [merge]);
  const resourceType = numberedTypes[merge.kind];
  const resources = [merge.firstKey, ...aliases.survivorsOf(merge.firstKey)].map((id) => ({ resourceType, id }));
  const chart = new ResourceChart(projection);
  await chart.load(resources);
  for (const resource of resources) await chart.regroup(resource, fact);
  await chart.flush();
}
