import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type FabricAccount, fetchFabricTrust, trustFingerprint } from '@anamnesis/ledger';

const usage = `usage: npm run fabric:trust -- <trust.json> [--organisation <name>]

Reads the membership of a Fabric channel from its configuration in force and writes it to a file: FABRIC_TRUST_FILE of the
ledger writer, and what verifiers are given. Reads FABRIC_CHANNEL, FABRIC_CHAINCODE (anchor) and FABRIC_ORGANISATIONS_FILE.
  --organisation <name>  whose peer to ask; the default one unless said`;

interface Organisation {
  readonly name: string;
  readonly isDefault?: boolean;
  readonly peer: string;
  readonly peerTlsCaFile?: string;
  readonly mspId: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { organisation: { type: 'string' } } });
const [file] = positionals;
const channel = process.env['FABRIC_CHANNEL'];
const organisationsFile = process.env['FABRIC_ORGANISATIONS_FILE'];
if (file === undefined || channel === undefined || organisationsFile === undefined) {
  console.error(usage);
  process.exitCode = 2;
} else {
  const trust = await fetchFabricTrust(accountIn(organisationsFile, channel));
  writeFileSync(file, `${JSON.stringify(trust, null, 2)}\n`, { mode: 0o644 });
  console.log(
    `channel        ${trust.channel}, chaincode ${trust.chaincode}, configuration block ${trust.configBlock}`,
  );
  console.log(`endorsement    ${trust.quorum} of ${trust.endorsers.join(', ')}`);
  console.log(
    `fingerprint    ${trustFingerprint(trust)}: compare it with the other members before anybody relies on it`,
  );
}

function accountIn(path: string, channel: string): FabricAccount {
  const { organisations } = JSON.parse(readFileSync(path, 'utf8')) as {
    readonly organisations: readonly Organisation[];
  };
  const one = organisations.find(({ name, isDefault }) => (values.organisation ?? (isDefault ? name : '')) === name);
  if (one === undefined) throw new Error(`${path} has no organisation ${values.organisation ?? 'marked isDefault'}`);
  return {
    ...{ channel, chaincode: process.env['FABRIC_CHAINCODE'] ?? 'anchor', peer: one.peer, mspId: one.mspId },
    peerTlsCa: one.peerTlsCaFile === undefined ? undefined : readFileSync(one.peerTlsCaFile, 'utf8'),
    certificate: readFileSync(one.certificateFile, 'utf8'),
    privateKey: readFileSync(one.keyFile, 'utf8'),
  };
}
