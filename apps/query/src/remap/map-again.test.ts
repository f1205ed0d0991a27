import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CertifiedEvent, Corrections, SourceFact, Statement } from '@anamnesis/core';
import { sourceContext } from '@anamnesis/fhir';
import { certifiedOf, ChartBuilder } from '../testing/chart-builder.js';
import { Laboratory, means, type Sent } from '../testing/laboratory.js';
import { mapAgain } from './map-again.js';

const deploymentKey = new Uint8Array(32).fill(7);

describe('mapAgain', () => {
  let laboratory: Laboratory;
  beforeEach(() => {
    laboratory = new Laboratory(new ChartBuilder(deploymentKey));
  });

  /** What becomes of a message of `source` when it is mapped again as one of `later`. */
  const again = (later: SourceFact, sent: Partial<Sent> = {}, alter = (event: CertifiedEvent['event']) => event) => {
    const record = laboratory.sends({ controlId: 'C1', ...sent });
    const event = alter(certifiedOf(record).event);
    const authorities = { authority: () => undefined };
    const context = sourceContext({ source: later, authorities, deploymentKey, receivedAt: event.receivedAt });
    return mapAgain({ event, raw: record.body }, event.resources, { context, corrections: later.corrections });
  };

  it('says what it said, where nothing changed', () => {
    const { event } = certifiedOf(laboratory.sends({ controlId: 'C1' }));
    const { statements } = again(laboratory.source) ?? {};
    expect(JSON.parse(JSON.stringify(statements))).toEqual(event.resources.statements);
  });

  it('says the standard code beside the local one when the table has it', () => {
    const { source } = laboratory;
    const later = { ...source, codes: { version: 1, rows: [means('GLU', '15074-8')] } };
    expect(JSON.stringify(again(later))).toMatch(/"code":"GLU".*"code":"15074-8"/);
  });

  it('leaves a letter that was taken out of the message where it is', () => {
    const letter = Buffer.from('an invented letter');
    const { event } = certifiedOf(laboratory.sends({ controlId: 'C1', letter }));
    const binaryOf = (statements: readonly Statement[] = []) =>
      statements.find(({ resourceType }) => resourceType === 'Binary');
    const codes = { version: 1, rows: [means('GLU', '15074-8')] };
    const { statements } = again({ ...laboratory.source, codes }, { letter }) ?? {};
    expect(JSON.stringify(statements)).toMatch(/"code":"GLU".*"code":"15074-8"/);
    expect(binaryOf(event.resources.statements)).toBeDefined();
    expect(JSON.stringify(statements)).toContain('"url":"Binary/');
    expect(JSON.parse(JSON.stringify(binaryOf(statements)))).toEqual(binaryOf(event.resources.statements));
  });

  it.each([
    ['times mean something else', { zone: 'Asia/Karachi' }],
    ['numbers mean another patient', { authorityByNamespace: { 'TEST-LAB': 'urn:oid:1.2.3' } }],
  ])('says nothing when by now %s', (_, change) => {
    expect(again({ ...laboratory.source, ...change })).toBeUndefined();
  });

  it('reads the message with the corrections file of its source, and says nothing when that reads a value otherwise', () => {
    const { source } = laboratory;
    const rules = [{ pattern: 'PID-5.2', find: 'EVE', replace: 'EVA' }];
    const corrections: Corrections = { version: 1, digest: '', triggers: [], rules, zSegments: [] };
    laboratory.source = { ...source, corrections };
    const codes = { version: 1, rows: [means('GLU', '15074-8')] };
    expect(JSON.stringify(again({ ...laboratory.source, codes }))).toContain('"code":"15074-8"');
    expect(again({ ...source, codes })).toBeUndefined();
  });

  it('says nothing when its mapping says a value otherwise, unless that is a later version of the mapping', () => {
    const said = (version: number) => (event: CertifiedEvent['event']) => {
      const statements = JSON.parse(JSON.stringify(event.resources.statements).replace('5.4', '5.5')) as Statement[];
      return { ...event, resources: { ...event.resources, version, statements } };
    };
    const { version } = certifiedOf(laboratory.sends({ controlId: 'C1' })).event.resources;
    expect(again(laboratory.source, {}, said(version))).toBeUndefined();
    expect(again(laboratory.source, {}, said(version - 1))).toBeDefined();
  });

  it('says nothing of bytes that it does not read as the adapter did, or that were not mapped then', () => {
    const as = (charset: string) => (event: CertifiedEvent['event']) => ({ ...event, raw: { ...event.raw, charset } });
    expect(again(laboratory.source, {}, as('no-such-set'))).toBeUndefined();
    const unmapped = again(laboratory.source, {}, (event) => ({
      ...event,
      resources: { ...event.resources, name: 'unmapped' },
    }));
    expect(unmapped).toBeUndefined();
  });

  it('says nothing of bytes that are not those that were signed', () => {
    const digest = '00'.repeat(32);
    expect(again(laboratory.source, {}, (event) => ({ ...event, raw: { ...event.raw, digest } }))).toBeUndefined();
  });

  it('reads the bytes in the set of the intake, whatever the message declares', () => {
    const inSet = (event: CertifiedEvent['event']) => ({ ...event, raw: { ...event.raw, charset: 'windows-1252' } });
    expect(again(laboratory.source, {}, inSet)).toBeDefined();
  });
});
