import type { Standalone } from '../../standalone.js';
import type { Hospital, TextRow } from './hospital.js';

/** What is kept of both sides: each value as text, NULL where there is none. */
export interface Picture {
  readonly patients: readonly TextRow[];
  readonly results: readonly TextRow[];
}

/** Of the tables, as FHIR writes their values; `added` are the columns that `patients` got since. */
export async function pictureOfTables({ rows, text }: Hospital, added: readonly string[]): Promise<Picture> {
  const columns = (...names: readonly string[]) => names.map((name) => `${text(name)} AS ${name}`).join(', ');
  const patients = await rows(`SELECT ${columns('id', 'family', 'born', ...added)} FROM patients`);
  const named = ['id', 'patient_id', 'amount', 'taken', 'stamped', 'clock', 'remarks'];
  const results = await rows(`SELECT ${columns(...named)} FROM results`);
  const written = results.map((row) => ({
    ...row,
    taken: wall(row['taken'], '+05:00'),
    // Both servers keep it in UTC and show it so.
    stamped: wall(row['stamped']?.replace(/\+00$/, ''), 'Z'),
    clock: withoutZeros(row['clock']),
  }));
  return { patients: byId(patients.map((row) => ({ city: null, ...row }))), results: byId(written) };
}

interface Resource {
  readonly active?: boolean;
  readonly status?: string;
  readonly identifier: readonly { readonly system: string; readonly value: string }[];
  readonly name?: readonly { readonly family: string }[];
  readonly birthDate?: string;
  readonly address?: readonly { readonly city: string }[];
  readonly subject: { readonly identifier: { readonly value: string } };
  readonly valueQuantity?: { readonly value: string };
  readonly effectiveDateTime?: string;
  readonly issued?: string;
  readonly component?: readonly { readonly valueTime: string }[];
  readonly note?: readonly { readonly text: string }[];
}

interface Origin {
  readonly facility: string;
  readonly authority: string;
}

/** Of what is served in FHIR as valid, of one hospital. */
export async function pictureOfFhir(product: Standalone, { facility, authority }: Origin): Promise<Picture> {
  const patients = await resources(product, 'Patient', authority);
  const results = await resources(product, 'Observation', `urn:anamnesis:facility:${facility}:PAS:results`);
  return {
    patients: byId(
      patients
        .filter(({ active }) => active !== false)
        .map((one) => ({
          ...{ id: one.identifier[0]?.value ?? null, family: one.name?.[0]?.family ?? null },
          ...{ born: one.birthDate ?? null, city: one.address?.[0]?.city ?? null },
        })),
    ),
    results: byId(results.filter(({ status }) => status !== 'entered-in-error').map(resultOf)),
  };
}

function resultOf(one: Resource): TextRow {
  return {
    ...{ id: one.identifier[0]?.value ?? null, patient_id: one.subject.identifier.value },
    ...{ amount: one.valueQuantity?.value ?? null, taken: one.effectiveDateTime ?? null },
    ...{ stamped: one.issued ?? null, clock: one.component?.[0]?.valueTime ?? null },
    remarks: one.note?.[0]?.text ?? null,
  };
}

async function resources(product: Standalone, type: string, system: string): Promise<readonly Resource[]> {
  const response = await product.request(`/fhir/${type}?_count=200`, { role: 'clinician' });
  // A decimal may have more digits than a number of JavaScript.
  const body = (await response.text()).replace(/"value":(-?[\d.]+)/g, '"value":"$1"');
  const { entry = [] } = JSON.parse(body) as { entry?: readonly { readonly resource: Resource }[] };
  const all = entry.map(({ resource }) => resource);
  return all.filter(({ identifier }) => identifier[0]?.system === system);
}

function byId(rows: readonly TextRow[]): readonly TextRow[] {
  return [...rows].sort((a, b) => ((a['id'] ?? '') < (b['id'] ?? '') ? -1 : 1));
}

function wall(text: string | null | undefined, offset: string): string | null {
  return text == null ? null : `${withoutZeros(text.replace(' ', 'T'))}${offset}`;
}

function withoutZeros(text: string | null | undefined): string | null {
  if (text == null) return null;
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
