import { describe, expect, it } from '@jest/globals';
import { afterAll, assembled, contextOf, message } from '../../test-context.js';
import { mapMessage } from '../map-message.js';

const obr = (source: string) => `OBR|1|P-1|F-1|GLU^Glucose^L|||20260306083000|||||||20260306090000|${source}`;
const sent = (...segments: readonly string[]) =>
  message('MSH|^~\\&|LIS|LABHYD|||20260306120000||ORU^R01^ORU_R01|1|P|2.5.1', 'PID|1||H-77^^^HYD^MR', ...segments);
const specimen = (...segments: readonly string[]) => afterAll([sent(...segments)], 'Specimen');
const specimens = (...segments: readonly string[]) => {
  const one = sent(...segments);
  const statements = mapMessage(one, contextOf(one)).flatMap((event) => event.resources.statements);
  return assembled(statements).filter(({ resourceType }) => resourceType === 'Specimen');
};
const times = { receivedTime: '2026-03-06T09:00:00+05:00' };
const collected = { collectedDateTime: '2026-03-06T08:30:00+05:00' };

describe('the specimen of a result', () => {
  it('is that of OBR-15 where no SPM stands', () => {
    expect(specimen(obr('BLD&Blood&HL70070^^drawn twice^LA&Left arm&HL70163'))).toMatchObject({
      ...times,
      type: { coding: [{ code: 'BLD', display: 'Blood' }] },
      collection: { ...collected, bodySite: { coding: [{ code: 'LA' }] } },
      note: [{ text: 'drawn twice' }],
    });
  });

  it('is not made up by an order that says nothing of one', () => {
    expect(specimen('OBR|1|P-1|F-1|CT^Chest^L|||20260306083000')).toBeUndefined();
  });

  it('takes the times that its SPM leaves open from its OBR', () => {
    expect(specimen(obr(''), 'SPM|1|S-1&HIS||SER^Serum^HL70487')).toMatchObject({ ...times, collection: collected });
    const own = `SPM|1|S-1&HIS||SER^Serum^HL70487${'|'.repeat(13)}20260306070000|20260306071000`;
    expect(specimen(obr(''), own)).toMatchObject({
      receivedTime: '2026-03-06T07:10:00+05:00',
      collection: { collectedDateTime: '2026-03-06T07:00:00+05:00' },
    });
  });

  it('carries the numbers that others gave it, and names the specimens that it was taken from', () => {
    const aliquot = `SPM|1|S-2&HIS|S-1&HIS~S-2&HIS|SER^Serum^HL70487${'|'.repeat(27)}K-1^^^HYD|SHP-4^LIS`;
    const [parent, own] = specimens(obr(''), aliquot);
    expect(parent).toMatchObject({ identifier: [{ value: 'S-1' }] });
    expect(own).toMatchObject({
      identifier: [{ value: 'S-2' }, { value: 'K-1' }, { type: { coding: [{ code: 'SHIP' }] }, value: 'SHP-4' }],
      parent: [{ reference: `Specimen/${parent?.id ?? ''}` }],
    });
    expect(own?.['parent']).toHaveLength(1);
  });

  it('does not, where there are several', () => {
    const several = specimen(obr(''), 'SPM|1|S-1&HIS||SER^Serum^HL70487', 'SPM|2|S-2&HIS||UR^Urine^HL70487');
    expect(several).not.toHaveProperty('collection');
    expect(several).not.toHaveProperty('receivedTime');
  });
});
