import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MllpClient } from '../../apps/command-line/src/mllp-client.js';
import { eventually, type Standalone, startStandalone } from '../standalone.js';

const header = (controlId: string, continues = '') =>
  `MSH|^~\\&|LIS|FRAG|ANAMNESIS|HUB|20260306091500+0000||ORU^R01^ORU_R01|${controlId}|P|2.5.1||${continues}`;
const patient = 'PID|1||F-77^^^FRAG^MR||EVERYWOMAN^EVE||19620320|F';
const report = 'OBR|1||R-1^FRAG|18842-5^Discharge summary^LN|||20260306080000+0000|||||||||||||||||||F';
const text = 'OBX|1|FT|18842-5^Discharge summary^LN||Patient was ad';
const first = [header('F-1'), patient, report, text, 'DSC|P-1|F', ''].join('\r');
const second = [header('F-2', 'P-1'), 'ADD|mitted on Mon', 'DSC|P-2|F', ''].join('\r');
const last = [header('F-3', 'P-2'), 'ADD|day||||||F|||20260306080000+0000', ''].join('\r');

describe('a message in fragments (DSC, ADD)', () => {
  let directory: string;
  let standalone: Standalone;
  const environment = { FRAGMENT_TIMEOUT_MS: '1000' };
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'anamnesis-fragments-'));
    standalone = await startStandalone(directory, { environment });
  });
  afterEach(async () => {
    await standalone.end('SIGTERM');
    await rm(directory, { recursive: true });
  });

  /** On a connection of its own. */
  const send = async (message: string): Promise<string> => {
    const client = await MllpClient.connect(standalone.sandbox.mllp);
    const answer = Buffer.from(await client.send(Buffer.from(message))).toString();
    client.close();
    return /MSA\|[^|]*\|[^|\r]*/.exec(answer)?.[0] ?? '';
  };

  it('is one message over connections and over a kill -9 between its fragments, and none that is torn is forgotten', async () => {
    expect(await send(first)).toBe('MSA|AA|F-1');
    expect(await send(second)).toBe('MSA|AA|F-2');
    await standalone.end('SIGKILL');
    standalone = await startStandalone(directory, { environment });
    // Its sender cannot know what became of the second one.
    expect(await send(second)).toBe('MSA|AA|F-2');
    await eventually(async () => {
      expect(await standalone.get('/messages?state=refused')).toMatchObject([{ controlId: 'F-1', eventId: null }]);
    });
    expect(await standalone.get('/registration/fragments?state=incomplete', 'admin')).toHaveLength(2);
    expect(await send(last)).toBe('MSA|AA|F-3');
    await eventually(async () => {
      const rows: readonly { controlId: string; state: string }[] = await standalone.get('/messages?state=anchored');
      expect(rows.map(({ controlId }) => controlId)).toEqual(['F-1']);
    });
    const found = await standalone.get('/fhir/Observation?patient.identifier=F-77');
    expect(JSON.stringify(found)).toContain('Patient was admitted on Monday');
    expect(await standalone.get('/registration/fragments?state=assembled', 'admin')).toHaveLength(3);
  });
});
