import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MllpClient } from '../../apps/command-line/src/mllp-client.js';
import { eventually, type Standalone, startStandalone } from '../standalone.js';

const file = `
corrections: 1
triggers:
  - { trigger: ADT^Z01, means: ADT^A08 }
rules:
  # The old terminal writes the record number into a segment of its own, with letters before it.
  - { move: ZPD-1, to: PID-3.1, when: { path: PID-3, equals: '' } }
  - { default: PID-3.4, value: MPK }
  - { pattern: 'PID-3[*].1', find: '^MR0*(\\d+)$', replace: $1 }
zSegments:
  - from: ZPD-2
    to: Patient.maritalStatus
    system: http://terminology.hl7.org/CodeSystem/v3-MaritalStatus
    codes: { 1: M, 2: S }
`;
const reason = 'terminal of 1997';
const terminal = (controlId: string, ...segments: readonly string[]) =>
  [`MSH|^~\\&|TERM97|MPK|ANAMNESIS|HUB|20260301090000+0500||ADT^Z01|${controlId}|P|2.3`, ...segments, ''].join('\r');
const numberInZ = (controlId: string) => terminal(controlId, 'PID|1||||TESTPATIENT^TINA||19700131|F', 'ZPD|MR004711|1');

interface Preview {
  readonly previewToken: string;
  readonly messages: readonly { readonly controlId: string }[];
}

describe('a sender that cannot be changed (embedded)', () => {
  let directory: string;
  let product: Standalone;
  let client: MllpClient;
  let id: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'anamnesis-corrections-'));
    product = await startStandalone(directory);
    client = await MllpClient.connect(product.sandbox.mllp);
  }, 120_000);
  afterAll(async () => {
    client.close();
    await product.end('SIGKILL');
    await rm(directory, { recursive: true });
  });

  const send = async (text: string) => Buffer.from(await client.send(Buffer.from(text))).toString('utf8');
  const call = async (route: string, body: object, role: 'admin' | 'clinician' = 'admin') => {
    const [method = '', path = ''] = route.split(' ');
    const headers = { 'content-type': 'application/json' };
    const response = await product.request(path, { method, role, headers, body: JSON.stringify(body) });
    return { status: response.status, body: (await response.json()) as never };
  };
  const rows = (controlId: string): Promise<readonly { eventId: string; messageType: string; state: string }[]> =>
    product.get(`/messages?controlId=${controlId}`);
  const preview = (role: 'admin' | 'clinician') =>
    call('POST /messages/corrections', { sourceId: id, file, samples: [numberInZ('S-1')] }, role);

  it('is refused, or kept without being understood, as long as nothing is put right', async () => {
    expect(await send(numberInZ('Z-1'))).toContain('\rMSA|AE|Z-1');
    expect(await send(terminal('Z-2', 'PID|1|||MR000815|TESTPATIENT^TOM', 'ZPD||2'))).toContain('\rMSA|AA|Z-2');
    await eventually(async () => {
      expect(await rows('Z-2')).toMatchObject([{ messageType: 'ADT^Z01' }]);
    });
    const sources: readonly { id: string; application: string }[] = await product.get('/registration/sources', 'admin');
    id = sources.find(({ application }) => application === 'TERM97')?.id ?? '';
    expect(await product.get('/fhir/Patient?identifier=815')).not.toHaveProperty('entry.0.resource.maritalStatus');
  });

  it('has a file that is checked, kept by version, and not switched on without a preview', async () => {
    const path = `/registration/sources/${id}/corrections`;
    const wrong = await call(`POST ${path}`, { replaces: 0, reason, file: file.replace('PID-3.4', 'PID/3') });
    expect(wrong).toMatchObject({ status: 400, body: { message: expect.stringContaining('line 8, column 16') } });
    expect(await call(`POST ${path}`, { replaces: 0, reason, file })).toMatchObject({
      status: 201,
      body: { version: 1 },
    });
    expect(await call(`PUT ${path}/active`, { version: 1, reason })).toMatchObject({ status: 409 });
    expect(await product.get(path, 'admin')).toMatchObject({
      activeVersion: 0,
      versions: [{ version: 1 }],
      switches: [],
    });
  });

  it('is previewed field by field on what it sent, values for those alone who may read patients', async () => {
    const { status, body } = await preview('clinician');
    expect([status, body]).toMatchObject([
      200,
      {
        ...{ comparedWith: 0, stored: 1, samples: 1, changed: 2, otherVerdicts: 2, values: 'shown' },
        messages: [
          {
            ...{ controlId: 'Z-2', messageType: 'ADT^Z01' },
            before: { answer: 'accepted', events: ['message.unmapped'] },
            after: { answer: 'accepted', events: ['patient.updated'] },
            fields: [{ location: 'MSH-9', before: 'ADT^Z01', after: 'ADT^A08' }],
          },
          {
            controlId: 'S-1',
            before: { answer: 'refused', condition: 101 },
            after: { answer: 'accepted', events: ['patient.updated'] },
            fields: [
              { location: 'MSH-9' },
              { location: 'PID-3', before: '', after: '4711^^^MPK' },
              { location: 'ZPD-1', before: 'MR004711', after: '' },
            ],
            elements: expect.arrayContaining([
              { path: 'Patient.identifier[0].value', after: '4711' },
              { path: 'Patient.maritalStatus.coding[0].code', after: 'M' },
            ]),
          },
        ],
      },
    ]);
    const shapes = await preview('admin');
    expect(shapes.body).toMatchObject({ values: 'shapes' });
    expect(JSON.stringify((shapes.body as Preview).messages)).not.toMatch(/4711|TINA|MR0/);
    expect(JSON.stringify((shapes.body as Preview).messages)).toContain('6 digits, 2 letters');
  });

  it('is understood from the moment that the file is on; what it sent stays as it was', async () => {
    const { previewToken } = (await preview('admin')).body as Preview;
    const active = `/registration/sources/${id}/corrections/active`;
    expect(await call(`PUT ${active}`, { version: 1, preview: previewToken, reason })).toMatchObject({
      status: 200,
      body: { version: 1, previewedMessages: 2 },
    });
    const text = numberInZ('Z-3');
    await eventually(async () => {
      expect(await send(text)).toContain('\rMSA|AA|Z-3');
    });
    const bundle = await eventually(async () => {
      const found: { entry?: readonly { resource: Record<string, unknown> }[] } = await product.get(
        '/fhir/Patient?identifier=4711&_revinclude=Provenance:target',
      );
      expect(found.entry?.[0]?.resource).toMatchObject({
        identifier: [{ system: 'urn:anamnesis:authority:MPK', value: '4711' }],
        name: [{ family: 'TESTPATIENT' }],
        maritalStatus: { coding: [{ code: 'M' }, { system: 'urn:anamnesis:MPK:ZPD-2', code: '1' }] },
      });
      return found;
    });
    expect(JSON.stringify(bundle)).toContain('corrections file of MPK / TERM97, version 1');
    const [row] = await rows('Z-3');
    expect(row).toMatchObject({ messageType: 'ADT^A08^ADT_A01' });
    const evidence: { raw: string } = await product.get(`/evidence/${row?.eventId ?? ''}`);
    expect(Buffer.from(evidence.raw, 'base64').toString()).toBe(text);
    const conformance: { findings: readonly { rule: string; location: string }[] } = await product.get(
      `/registration/sources/${id}/conformance`,
      'admin',
    );
    expect(conformance.findings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ rule: 'corrected', location: 'PID-3.1' }),
        expect.objectContaining({ rule: 'structure-unknown' }),
      ]),
    );
  });

  it('is read as it comes again once the file is off, with all of it on record', async () => {
    const path = `/registration/sources/${id}/corrections`;
    expect(await call(`PUT ${path}/active`, { version: 0, reason: 'terminal replaced' })).toMatchObject({
      status: 200,
    });
    let n = 0;
    await eventually(async () => {
      expect(await send(numberInZ(`Z-4${(n += 1)}`))).toContain('\rMSA|AE');
    });
    expect(await product.get(path, 'admin')).toMatchObject({
      activeVersion: 0,
      switches: [
        { version: 0, reason: 'terminal replaced' },
        { version: 1, previewedMessages: 2 },
      ],
    });
  });
});
