import { expect } from '@jest/globals';
import { type BundleTrust, parseBundle, verifyBundle } from '@anamnesis/ledger';
import { everyRow, type Row } from './every-row.js';
import type { Senders } from './senders.js';
import { eventually, type Standalone } from './standalone.js';

/** Readers, as clinicians are. */
const atOnce = 6;
/** Every row is read: at once again, that alone would keep the product from what is waited for. */
const lookEveryMs = 1000;

export type Product = Pick<Standalone, 'get' | 'request'>;

export interface PromisesOptions {
  readonly trust: BundleTrust;
  /** Until everything is anchored. */
  readonly withinMs: number;
  /** Patients and events looked at closely, spread over all; default every one. */
  readonly sampleMax?: number;
}

/**
 * L1 every acknowledged message is in the history and provable, L2 once, L3 in the order of its patient, L4 and nothing
 * that was never sent. Resolves to the rows.
 */
export async function expectPromisesKept(
  product: Product,
  { acknowledged, count }: Senders,
  { trust, withinMs, sampleMax = Infinity }: PromisesOptions,
): Promise<readonly Row[]> {
  const looked = async () => {
    // Without an event: a sender was put off. What it sent then is there under the answer that it got in the end.
    const all = (await everyRow(product)).filter(({ eventId }) => eventId !== null);
    expect(statesOf(all)).toEqual({ anchored: all.length });
    expect(all.length).toBeGreaterThanOrEqual(count);
    return all;
  };
  const rows = await eventually(looked, withinMs, lookEveryMs);
  const expected = [...acknowledged].flatMap(([number, last]) => range(last).map((n) => `${number}-${n}`));
  expect(rows.map(({ controlId }) => controlId).sort()).toEqual(expected.sort());
  await forEach(sampleOf([...acknowledged], sampleMax), async ([number, last]) => {
    expect([number, await streets(product, number)]).toEqual([number, range(last)]);
  });
  await forEach(sampleOf(rows, sampleMax), async ({ eventId }) => {
    // "Come again": what happened before may have left an app that is being started anew.
    const bundle = await eventually(async () => {
      const response = await product.request(`/evidence/${eventId}`, { role: 'clinician' });
      expect([eventId, response.status]).toEqual([eventId, 200]);
      return response.text();
    });
    expect([eventId, verifyBundle(parseBundle(bundle), trust)]).toMatchObject([
      eventId,
      { verdict: 'valid', isRootTrusted: true },
    ]);
  });
  return rows;
}

/** Some at a time. */
async function forEach<Thing>(all: readonly Thing[], look: (one: Thing) => Promise<void>): Promise<void> {
  const left = [...all];
  const worker = async () => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await look(one);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

function range(last: number): string[] {
  return Array.from({ length: last }, (_, n) => String(n + 1));
}

function statesOf(rows: readonly Row[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { state } of rows) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

function sampleOf<Thing>(all: readonly Thing[], max: number): readonly Thing[] {
  const step = Math.max(1, all.length / max);
  return Array.from({ length: Math.min(all.length, max) }, (_, n) => all[Math.floor(n * step)] as Thing);
}

interface Bundle {
  readonly link?: readonly { readonly relation: string; readonly url: string }[];
  readonly entry?: readonly {
    readonly resource: {
      readonly resourceType: string;
      readonly id: string;
      readonly address?: readonly { readonly line?: readonly string[] }[];
    };
  }[];
}

/** The street of every version of the patient, oldest first. */
async function streets(product: Product, number: string): Promise<string[]> {
  const found: Bundle = await product.get(`/fhir/Patient?identifier=${number}`);
  const id = found.entry?.find(({ resource }) => resource.resourceType === 'Patient')?.resource.id ?? 'none';
  const lines: string[] = [];
  for (let path: string | undefined = `/fhir/Patient/${id}/_history?_count=500`; path !== undefined;) {
    const page: Bundle = await product.get(path);
    for (const { resource } of page.entry ?? [])
      if (resource.resourceType === 'Patient') lines.push(resource.address?.[0]?.line?.[0] ?? 'none');
    const next = page.link?.find(({ relation }) => relation === 'next')?.url;
    path = next?.startsWith('http') ? next.slice(new URL(next).origin.length) : next;
  }
  return lines.reverse();
}
