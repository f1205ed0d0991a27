import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getText, type RegistrationApi } from './registration-api.js';
import { writeWhole } from './sandbox-file.js';

/** `<DATA_DIR>/trust.json`: what a verifier of evidence trusts, to be handed over by another way than the evidence. */
export async function writeTrust(directory: string, api: RegistrationApi): Promise<void> {
  const root = await getText(api, '/registration/certificates/root');
  const ledger = (await readFile(join(directory, 'ledger.vkey'), 'utf8')).trim();
  const content = `${JSON.stringify({ root, ledger }, null, 2)}\n`;
  await writeWhole(directory, 'trust.json', { content, mode: 0o644 });
}
