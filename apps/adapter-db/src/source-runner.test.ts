import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SourceFact } from '@anamnesis/core';
import { Metrics, readSettings, SourceRegistry } from '@anamnesis/runtime';
import { AdapterMetrics } from './adapter-metrics.js';
import { AdapterDbSettings } from './config.js';
import { type RunnerOptions, SourceRunner } from './source-runner.js';

const mapping = `
name: north
version: 1
source:
  { facility: NORTH, application: PAS, zone: Asia/Karachi, kind: access, connection: { path: /nowhere/north.mdb } }
patients: { table: patients, authority: 'urn:oid:2.999.8.1' }
tables: { patients: { key: id, resource: Patient, elements: { 'name[0].family': family } } }
`;

const source: SourceFact = {
  ...{ kind: 'source', id: 'a'.repeat(16), facility: 'NORTH', application: 'PAS', state: 'active', isOpen: false },
  ...{ addresses: [], authorityByNamespace: {}, messageTypes: [], processingIds: ['P'], acknowledgement: 'auto' },
  closesWhenUnavailable: false,
};

const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const times = { startsAtMs: 0, renewAtMs: Infinity, expiresAtMs: Infinity };
const identity = { key, certificateSerial: '1f', ...times };

describe('a source that is stopped', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'anamnesis-runner-'));
    writeFileSync(join(directory, 'north.yaml'), mapping);
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  const runnerOf = (contact: RunnerOptions['registration']['contact']) =>
    new SourceRunner(join(directory, 'north.yaml'), {
      ...{ settings: readSettings(AdapterDbSettings, { DATA_DIR: directory }), deploymentKey: Buffer.alloc(32, 7) },
      ...{ registry: new SourceRegistry(), registration: { contact }, metrics: new AdapterMetrics(new Metrics()) },
      sourceKeys: { open: () => Promise.resolve(identity), present: () => identity },
      ...{ bus: { publish: () => Promise.resolve() }, observations: { note: () => undefined } },
      sign: () => Promise.reject(new Error('there is nothing to sign')),
    });

  it('while it is made known to registration is not begun any more', async () => {
    let asked: () => void = () => undefined;
    let answer: () => void = () => undefined;
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    const isAnswered = new Promise<void>((resolve) => (answer = resolve));
    const runner = runnerOf(async () => {
      asked();
      await isAnswered;
      return { state: 'active', source };
    });
    runner.start();
    await isAsked;
    const stopped = runner.stop();
    answer();
    await stopped;
    expect(readdirSync(directory)).toEqual(['north.yaml']);
  });
});
