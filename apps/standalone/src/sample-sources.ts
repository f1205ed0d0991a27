import { post, type RegistrationApi } from './registration-api.js';
import type { Sandbox } from './sandbox-file.js';

/** The synthetic hospitals of the sandbox: two with numberings of their own, and a laboratory that uses the second's. */
const samples: Sandbox['sources'] = [
  { facility: 'MPK', application: 'ADT', authority: 'MPK' },
  { facility: 'HYD', application: 'ADT', authority: 'HYD' },
  { facility: 'LABHYD', application: 'LIS', authority: 'HYD' },
];

/** Namespace of the synthetic national number: both hospitals may use it, and records that carry it are linked by it. */
const national = 'NADRA';

const zone = 'Asia/Karachi';

/** Registers what is not registered yet. */
export async function enrolSampleSources(api: RegistrationApi): Promise<Sandbox['sources']> {
  for (const { facility, application, authority } of samples) {
    await post(api, '/registration/facilities', { id: facility, name: `${facility} (sample)` });
    await post(api, '/registration/authorities', { system: systemOf(authority), scope: 'facility', issuer: facility });
    await post(api, '/registration/sources', {
      facility,
      application,
      zone,
      processingIds: ['P', 'T', 'D'],
      isOpen: true,
    });
  }
  await post(api, '/registration/authorities', { system: systemOf(national), scope: 'national' });
  return samples;
}

function systemOf(namespace: string): string {
  return `urn:anamnesis:authority:${namespace}`;
}
