// The chaincode has packages of its own: Fabric's libraries want others than the product does.
import { join } from 'node:path';
import { digest, listing, npm, packagesState, step } from '../../scripts/step.mjs';

export const chaincodeDirectory = join(import.meta.dirname, '../../chaincode/anchor');

/** Installs and builds `chaincode/anchor` when it is not there or no longer the one of its sources. */
export function buildChaincode() {
  const at = (name) => join(chaincodeDirectory, name);
  step({
    title: 'installing packages of the chaincode',
    stamp: at('node_modules/.anamnesis'),
    state: packagesState(at('package-lock.json')),
    command: npm('ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'),
    cwd: chaincodeDirectory,
  });
  step({
    title: 'building the chaincode',
    stamp: at('dist/.anamnesis'),
    state: digest(['src', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'].map(at).flatMap(listing)),
    command: [process.execPath, 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'],
    cwd: chaincodeDirectory,
  });
}
