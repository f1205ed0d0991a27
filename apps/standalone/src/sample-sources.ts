import { setTimeout as sleep } from 'node:timers/promises';
import { Unavailable } from '@anamnesis/core';
import type { RegistrationClient } from '@anamnesis/runtime';
import { patch, post, type RegistrationApi } from './registration-api.js';
import type { Sandbox } from './sandbox-file.js';

/** The synthetic hospitals of the sandbox: two with numberings of their own, and a laboratory that uses the second's. */
const samples: Sandbox['sources'] = [
  { facility: 'MPK', application: 'ADT', authority: 'MPK' },
  { facility: 'HYD', application: 'ADT', authority: 'HYD' },
  { facility: 'LABHYD', application: 'LIS', authority: 'HYD' },
];

const zone = 'Asia/Karachi';
/** A start after a crash has first to work off what waits: a slow registration ends no start. */
const patienceMs = 60_000;
const pauseMs = 500;

/** Enrols them as first contact would, each numbering with its issuer. Safe to repeat. */
export async function enrolSampleSources(
  client: RegistrationClient,
  api: RegistrationApi,
): Promise<Sandbox['sources']> {
  for (const { facility, application, authority } of samples) {
    const { source } = await whenAnswered(() => client.contact({ facility, application, address: '127.0.0.1' }));
    if (source === undefined) throw new Error(`${facility} was not enrolled`);
    if (source.zone === undefined) await patch(api, `/registration/sources/${source.id}`, { zone });
    if (authority === facility)
      await post(api, '/registration/authorities', {
        system: `urn:anamnesis:authority:${authority}`,
        scope: 'facility',
        issuer: facility,
      });
  }
  return samples;
}

async function whenAnswered<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  const startedAtMs = performance.now();
  for (;;) {
    try {
      return await ask();
    } catch (problem) {
      if (!(problem instanceof Unavailable) || performance.now() - startedAtMs > patienceMs) throw problem;
      await sleep(pauseMs);
    }
  }
}
