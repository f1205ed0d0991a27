/** What of a patient is shown, each value with a name. */
export function valuesOf(patient) {
  const names = (patient.name ?? []).map((name) => [
    nameLabel(name),
    name.text ?? [...(name.given ?? []), name.family].join(' '),
  ]);
  const addresses = (patient.address ?? []).map(({ line = [], city = '' }) => ['address', [...line, city].join(', ')]);
  const numbers = (patient.identifier ?? []).map(({ system, value }) => [`number ${system.split(':').at(-1)}`, value]);
  const phones = (patient.telecom ?? []).map(({ value }) => ['phone', value]);
  const single = ['gender', 'birthDate'].flatMap((name) =>
    patient[name] === undefined ? [] : [[name, patient[name]]],
  );
  return [...names, ...single, ...addresses, ...phones, ...numbers].map(([name, value]) => ({ name, value }));
}

function nameLabel({ extension = [], use }) {
  const language = extension.find(({ url }) => url.endsWith('/language'))?.valueCode;
  return language === undefined && use !== 'usual' ? 'name' : 'name (Urdu)';
}

/** Rows of texts under a head, each column as wide as its widest text. */
export function table(head, rows) {
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at].length)));
  const line = (row) =>
    `   ${row
      .map((text, at) => text.padEnd(widths[at]))
      .join('  ')
      .trimEnd()}`;
  return [head, widths.map((width) => '-'.repeat(width)), ...rows].map(line).join('\n');
}
