import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../paths.mjs';

const load = () => import(join(repository, 'dist/product/cluster-sandbox.js'));

/** `sandbox.json` of an earlier run names ports that are not ours. */
export async function withdraw(directory) {
  const { withdrawSandbox } = await load();
  await withdrawSandbox(directory);
}

/** Enrols the sample sources and writes `sandbox.json` and `trust.json`, as standalone does for one process. */
export async function announce({ settings, plan }) {
  const { announceSandbox, enrolSampleSources, getText, Keys, RegistrationClient, writeWhole } = await load();
  const tokens = JSON.parse(readFileSync(plan.keys.TOKENS_FILE, 'utf8'));
  const { baseUrl } = plan.ingress;
  const api = { baseUrl, token: tokens.admin };
  const client = new RegistrationClient(
    await Keys.open({ PROFILE: 'cluster', DATA_DIR: settings.directory, ...plan.keys }),
  );
  client.baseUrl = baseUrl;
  const sources = settings.enrolment === 'open' ? await enrolSampleSources(client, api) : [];
  const root = await getText(api, '/registration/certificates/root');
  const trust = { root, ...ledgerTrust(settings) };
  await writeWhole(settings.directory, 'trust.json', { content: `${JSON.stringify(trust, null, 2)}\n`, mode: 0o644 });
  const mllpAll = plan.apps.flatMap(({ mllpPort }) => (mllpPort ? [{ host: settings.host, port: mllpPort }] : []));
  const sandbox = { mllp: mllpAll[0], mllpAll, http: { baseUrl }, sources, tokens };
  await announceSandbox(settings.directory, sandbox);
  return sandbox;
}

function ledgerTrust({ services, directory }) {
  if (services.LEDGER === 'fabric') {
    if (!services.FABRIC_TRUST_FILE) throw new Error('LEDGER=fabric needs FABRIC_TRUST_FILE for trust.json');
    return { fabric: JSON.parse(readFileSync(services.FABRIC_TRUST_FILE, 'utf8')) };
  }
  return { ledger: readFileSync(join(directory, 'ledger-writer-1', 'ledger.vkey'), 'utf8').trim() };
}
