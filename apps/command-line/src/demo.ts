import { parseMessage } from '@anamnesis/hl7v2';
import { ApiClient, until } from './api-client.js';
import {
  demoNumbers,
  fromRevokedSource,
  glucose,
  mergedByHospital,
  movedToHyderabad,
  registeredAtMirpurkhas,
  registeredTwice,
} from './demo-messages.js';
import { MllpClient } from './mllp-client.js';
import { readSandbox, type Sandbox } from './sandbox.js';

interface Row {
  readonly eventId: string;
  readonly facility: string;
  readonly controlId: string;
  readonly receivedAt: string;
  readonly state: string;
  readonly reason?: string;
}
interface Resource {
  readonly id: string;
  readonly resourceType: string;
  readonly meta: { readonly versionId: string; readonly lastUpdated: string; readonly source?: string };
  readonly address?: readonly { readonly line?: readonly string[]; readonly city?: string }[];
  readonly identifier?: readonly { readonly value: string }[];
  readonly valueQuantity?: { readonly value: number; readonly unit: string };
  readonly status?: string;
}
interface Bundle {
  readonly entry?: readonly { readonly resource: Resource; readonly search?: { readonly mode: string } }[];
}

try {
  const sandbox = readSandbox();
  await play(sandbox, await MllpClient.connect(sandbox.mllp));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function play(sandbox: Sandbox, client: MllpClient): Promise<void> {
  const api = new ApiClient(sandbox);
  const numbers = demoNumbers(new Date());
  const send = (message: Uint8Array) => sendOne(client, message);

  say('1. Hospital one (MPK, Mirpurkhas) registers a patient');
  await send(registeredAtMirpurkhas(numbers));
  await certified(api, `${numbers.run}-1`);
  const patient = await theOne(api, numbers.first);
  show(patient);

  console.log('   An operator declares the national number national: records that carry the same one are one person');
  await api.post('/registration/authorities', { system: 'urn:anamnesis:authority:NADRA', scope: 'national' });

  say('2. Hospital two (HYD) has its own number for her, the same national number, and a new address');
  await send(movedToHyderabad(numbers));
  await until(async () => {
    expectThat(cityOf(await theOne(api, numbers.first)) === 'Hyderabad', 'the merged view does not show Hyderabad');
  });
  show(await theOne(api, numbers.first));

  say('3. A laboratory (LABHYD) sends a result, and corrects it');
  await send(glucose(numbers, '182', 'F'));
  await send(glucose(numbers, '128', 'C'));
  await until(async () => {
    const [one] = await resources(api, `/fhir/Observation?patient=${patient.id}&code=1554-5`);
    expectThat(one?.valueQuantity?.value === 128, 'the corrected value is not there');
    console.log(`   glucose ${one?.valueQuantity?.value} ${one?.valueQuantity?.unit} (${one?.status})`);
  });

  say('4. Her history, statement by statement, with facility, time and proof');
  await proven(api, numbers.second);
  await walk(api, patient.id);

  say('5. Hospital one registered her twice; its A40 merges the duplicate, an operator undoes the merge');
  await send(registeredTwice(numbers));
  await certified(api, `${numbers.run}-3`);
  await send(mergedByHospital(numbers));
  await until(async () => {
    expectThat((await theOne(api, numbers.duplicate)).id === patient.id, 'the duplicate is not merged');
  });
  console.log(`   ${numbers.duplicate} leads to Patient/${patient.id}`);
  await undoMerge(api, numbers);
  await until(async () => {
    expectThat((await theOne(api, numbers.duplicate)).id !== patient.id, 'the merge is not undone');
  });
  console.log(`   undone: ${numbers.duplicate} is a record of its own again, nothing lost`);

  say('6. A source whose certificate was revoked');
  await revokedSource(api, numbers, send);

  client.close();
  open(sandbox, patient.id, (await certified(api, `${numbers.run}-2`)).eventId);
}

async function sendOne(client: MllpClient, message: Uint8Array): Promise<void> {
  const { header } = parseMessage(message);
  const answer = parseMessage(await client.send(message)).first('MSA');
  const code = answer?.field(1).text();
  console.log(
    `   ${header.sendingFacility.namespaceId} ${header.messageCode}^${header.triggerEvent} -> ${code ?? 'none'}`,
  );
  expectThat(code === 'AA', `answered ${code ?? 'nothing'}`);
}

async function certified(api: ApiClient, controlId: string): Promise<Row> {
  return until(async () => {
    const [row] = await api.get<Row[]>(`/messages?controlId=${controlId}`);
    if (row === undefined) throw new Error(`${controlId} is not there yet`);
    return row;
  });
}

async function proven(api: ApiClient, number: string): Promise<void> {
  await until(async () => {
    const rows = await api.get<Row[]>(`/messages?identifier=${number}`);
    expectThat(rows.length > 0 && rows.every(({ state }) => state === 'anchored'), `${number} is not anchored yet`);
  });
}

async function theOne(api: ApiClient, number: string): Promise<Resource> {
  const [patient, ...others] = await resources(api, `/fhir/Patient?identifier=${number}`);
  if (patient === undefined || others.length > 0) throw new Error(`${number} does not lead to one patient`);
  return patient;
}

async function resources(api: ApiClient, path: string): Promise<Resource[]> {
  const { entry = [] } = await api.get<Bundle>(path);
  return entry.filter(({ search }) => search === undefined || search.mode === 'match').map(({ resource }) => resource);
}

async function walk(api: ApiClient, id: string): Promise<void> {
  const versions = await resources(api, `/fhir/Patient/${id}/_history`);
  const values = await resources(api, `/fhir/Observation?patient=${id}&code=1554-5`);
  const results = await Promise.all(values.map((one) => resources(api, `/fhir/Observation/${one.id}/_history`)));
  const rows = new Map((await api.get<Row[]>('/messages?_count=500')).map((row) => [row.eventId, row]));
  for (const one of [...versions, ...results.flat()]) {
    const row = rows.get(one.meta.source?.replace('urn:anamnesis:event:', '') ?? '');
    const value = one.valueQuantity === undefined ? cityOf(one) : `glucose ${one.valueQuantity.value}`;
    const from =
      row === undefined ? 'link of two records' : `${row.facility}, received ${row.receivedAt}, ${row.state}`;
    console.log(`   ${one.resourceType} v${one.meta.versionId}  ${value.padEnd(12)} ${from}`);
  }
}

async function undoMerge(api: ApiClient, { run }: { readonly run: string }): Promise<void> {
  const { eventId } = await certified(api, `${run}-4`);
  const assertions = await api.get<{ id: string; cause: { eventId?: string } }[]>(
    '/registration/persons/assertions',
    'admin',
  );
  const merge = assertions.find(({ cause }) => cause.eventId === eventId);
  if (merge === undefined) throw new Error('the merge is not recorded');
  await api.post(`/registration/persons/assertions/${merge.id}/undo`, { reason: 'demo: registered by mistake' });
}

async function revokedSource(
  api: ApiClient,
  numbers: ReturnType<typeof demoNumbers>,
  send: (message: Uint8Array) => Promise<void>,
): Promise<void> {
  await send(fromRevokedSource(numbers, `${numbers.run}-5`));
  await certified(api, `${numbers.run}-5`);
  const facility = `GONE-${numbers.run}`;
  const sources = await api.get<{ id: string; facility: string }[]>('/registration/sources', 'admin');
  const source = sources.find((one) => one.facility === facility);
  if (source === undefined) throw new Error(`${facility} is not registered`);
  await api.post(`/registration/sources/${source.id}/revocations`, { reason: 'demo: key lost' });
  await send(fromRevokedSource(numbers, `${numbers.run}-6`));
  await until(async () => {
    const row = await certified(api, `${numbers.run}-6`);
    expectThat(row.state === 'refused', 'the message is not refused');
    console.log(`   received and kept, then ${row.state}: ${row.reason ?? ''} (GET /registration/refused)`);
  });
}

function show(patient: Resource): void {
  const numbers = patient.identifier?.map(({ value }) => value).join(', ') ?? '';
  console.log(`   Patient/${patient.id} v${patient.meta.versionId}: ${cityOf(patient)}; numbers ${numbers}`);
}

function cityOf(patient: Resource): string {
  return patient.address?.[0]?.city ?? 'no address';
}

function say(line: string): void {
  console.log(`\n${line}`);
}

function expectThat(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

function open(sandbox: Sandbox, id: string, eventId: string): void {
  const { baseUrl } = sandbox.http;
  const file = `${process.env['DATA_DIR'] ?? './data'}/sandbox.json`;
  console.log(`
Look yourself:
  TOKEN=$(node -p "JSON.parse(fs.readFileSync('${file}')).tokens.clinician")
  curl -s -H "Authorization: Bearer $TOKEN" '${baseUrl}/fhir/Patient/${id}/_history'
  curl -s -H "Authorization: Bearer $TOKEN" '${baseUrl}/fhir/Patient/${id}/$everything'
  curl -s -H "Authorization: Bearer $TOKEN" '${baseUrl}/evidence/${eventId}' > evidence.json
  npm run verify -- evidence.json --trust ${process.env['DATA_DIR'] ?? './data'}/trust.json`);
}
