import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repository } from '../paths.mjs';

const ledger = join(repository, 'dist', 'apps', 'standalone', 'libs', 'ledger', 'src', 'index.js');

/** The settings that name a channel's files: who submits on it, and what verifiers are to believe of it. */
export async function fabricFiles(network, channel) {
  const members = membersOf(network, channel);
  const organisationsFile = join(network.directory, `${channel}.organisations.json`);
  write(organisationsFile, { organisations: members });
  return {
    FABRIC_ORGANISATIONS_FILE: organisationsFile,
    FABRIC_TRUST_FILE: await trustFile(network, { channel, member: members[0] }),
  };
}

/** The network has organisations that this channel does not. */
function membersOf({ organisationsFile, description }, channel) {
  const { organisations } = JSON.parse(readFileSync(organisationsFile, 'utf8'));
  return organisations.filter(({ name }) => description.channels[channel].includes(name));
}

/** Read from the network once, when it was made: it is what members hand out, so it does not follow by itself. */
async function trustFile({ directory, description }, { channel, member }) {
  const file = join(directory, `${channel}.trust.json`);
  if (existsSync(file)) return file;
  const { fetchFabricTrust } = await import(pathToFileURL(ledger).href);
  const pem = (path) => readFileSync(path, 'utf8');
  const account = {
    channel,
    chaincode: description.chaincode,
    peer: member.peer,
    peerTlsCa: pem(member.peerTlsCaFile),
    mspId: member.mspId,
    certificate: pem(member.certificateFile),
    privateKey: pem(member.keyFile),
  };
  write(file, await fetchFabricTrust(account));
  return file;
}

function write(file, value) {
  writeFileSync(`${file}.draft`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.draft`, file);
}
