import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findFabric } from '../../deploy/fabric/network.mjs';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'anamnesis-network-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe('network.sh down', () => {
  let bystander: ChildProcess;

  beforeEach(() => {
    bystander = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
    mkdirSync(join(directory, 'processes'));
  });

  afterEach(() => {
    bystander.kill('SIGKILL');
  });

  const record = (startedAt: string): void => {
    writeFileSync(join(directory, 'processes', 'o1'), `${String(bystander.pid)} ${startedAt}\n`);
  };
  const down = () => promisify(execFile)('deploy/fabric/network.sh', ['down', directory]);

  it('leaves alone a process that has the id of one it started long ago', async () => {
    record('12345');
    await down();
    expect([bystander.exitCode, bystander.signalCode]).toEqual([null, null]);
    expect(() => process.kill(bystander.pid ?? 0, 0)).not.toThrow();
  });

  it('ends the process that it started, a stopped one too', async () => {
    const stat = readFileSync(`/proc/${String(bystander.pid)}/stat`, 'utf8');
    record(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '');
    bystander.kill('SIGSTOP');
    const exited = once(bystander, 'exit');
    await down();
    expect(await exited).toEqual([null, 'SIGTERM']);
  });
});

describe('findFabric', () => {
  const before = process.env['FABRIC_BIN'];

  beforeEach(() => {
    process.env['FABRIC_BIN'] = directory;
  });

  afterEach(() => {
    if (before === undefined) delete process.env['FABRIC_BIN'];
    else process.env['FABRIC_BIN'] = before;
  });

  const install = (version: string, commands: readonly string[]): void => {
    for (const command of commands) {
      writeFileSync(join(directory, command), `#!/bin/sh\nprintf 'peer:\\n Version: ${version}\\n'\n`);
      chmodSync(join(directory, command), 0o755);
    }
  };
  const all = ['peer', 'orderer', 'configtxgen', 'cryptogen', 'osnadmin', 'discover'];

  it('takes the folder that FABRIC_BIN names, with every command of 2.5', () => {
    install('v2.5.16', all);
    expect(findFabric()).toEqual({ bin: directory });
  });

  it.each([
    ['v2.5.16', [], /no peer command in .*: install/],
    ['v2.5.16', all.slice(0, 5), /lacks discover: install/],
    ['v2.4.9', all, /holds Fabric v?2\.4\.9: install/],
    ['v3.0.0', all, /holds Fabric v?3\.0\.0: install/],
  ] as const)('says what is missing of %s with %j, and what to do', (version, commands, words) => {
    install(version, commands);
    expect(findFabric()).toEqual({ missing: expect.stringMatching(words) });
  });
});
