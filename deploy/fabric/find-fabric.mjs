// Fabric's commands are in no package registry: they are taken from where its own installation left them.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const commands = ['peer', 'orderer', 'configtxgen', 'cryptogen', 'osnadmin', 'discover'];
const advice =
  'install the commands of Hyperledger Fabric 2.5 as its documentation describes (hyperledger-fabric.readthedocs.io, ' +
  'release-2.5, "Install Fabric") and set FABRIC_BIN to their folder or add it to PATH';

/** `{ bin }`, the folder with every command of Fabric 2.5, or `{ missing }`, what lacks and what to do about it. */
export function findFabric() {
  const named = process.env.FABRIC_BIN;
  const folders = named ? [named] : (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const bin = folders.find((folder) => isExecutable(join(folder, 'peer')));
  if (bin === undefined) return { missing: `no peer command ${named ? `in ${named}` : 'on PATH'}: ${advice}` };
  const lacking = commands.filter((command) => !isExecutable(join(bin, command)));
  if (lacking.length > 0) return { missing: `${bin} lacks ${lacking.join(', ')}: ${advice}` };
  const version = /^ Version: v?(\S+)/m.exec(
    spawnSync(join(bin, 'peer'), ['version'], { encoding: 'utf8' }).stdout,
  )?.[1];
  if (!version?.startsWith('2.5.'))
    return { missing: `${bin} holds Fabric ${version ?? 'of no known version'}: ${advice}` };
  return { bin };
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false; // not there, or not for us: the search goes on
  }
}
