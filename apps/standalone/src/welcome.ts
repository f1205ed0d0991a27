import { join, resolve } from 'node:path';
import { enrolmentOf, type ListenerAddress, type Settings } from '@anamnesis/runtime';
import { sandboxFile } from './sandbox-file.js';

interface Started {
  readonly settings: Settings;
  readonly baseUrl: string;
  readonly mllp: ListenerAddress;
}

/** What a person at a terminal reads when everything is up. */
export function welcome({ settings, baseUrl, mllp }: Started): string {
  const directory = resolve(settings.DATA_DIR);
  const sandbox = join(directory, sandboxFile);
  // The commands look in ./data unless they are told.
  const elsewhere = directory === resolve('data') ? '' : `DATA_DIR=${directory} `;
  const enrolment =
    enrolmentOf(settings) === 'open'
      ? 'open: unknown senders are enrolled on first contact (sandbox only)'
      : 'approve: unknown senders wait for an operator';
  return `
Anamnesis is ready.
  HL7 v2 over MLLP   ${mllp.host}:${mllp.port}
  FHIR R4            ${baseUrl}/fhir/metadata
  API documentation  ${baseUrl}/docs   (user: any, password: the admin token)
  tokens             ${sandbox}
  trust for verify   ${join(directory, 'trust.json')}
  enrolment          ${enrolment}

Send a first message:
  ${elsewhere}npm run send -- samples/messages/first-message.hl7
and read it back:
  TOKEN=$(node -p "JSON.parse(fs.readFileSync('${sandbox}')).tokens.clinician")
  curl -s -H "Authorization: Bearer $TOKEN" '${baseUrl}/fhir/Patient?identifier=MR-1001'

`;
}
