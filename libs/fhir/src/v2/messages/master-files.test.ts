import { describe, expect, it } from '@jest/globals';
import type { Message } from '@anamnesis/hl7v2';
import { adt, afterAll, contextOf, message, pv1 } from '../../test-context.js';
import { mapMessage } from '../map-message.js';

function mfn(trigger: string, at: string, ...segments: readonly string[]): Message {
  return message(`MSH|^~\\&|REG|MPK|||${at}||MFN^${trigger}|${trigger}-${at}|P|2.5.1`, 'MFI|X||UPD', ...segments);
}

describe('a master file', () => {
  it('is about nobody', () => {
    const [event, ...others] = mapMessage(
      mfn('M02', '20260301100000', 'MFE|MAD|1||D-1|CE', 'STF|D-1|D-1^^^MPK|SAMPLE'),
      contextOf(mfn('M02', '20260301100000')),
    );
    expect(others).toEqual([]);
    expect(event).not.toHaveProperty('subject');
    expect(event).not.toHaveProperty('identity');
  });

  it('says more of the doctor whom messages name by number and authority', () => {
    const admit = adt('A01', '20260301080000', pv1({ 7: 'D-1^SAMPLE^DOCTOR^^^^^^MPK' }));
    const named = mfn('M02', '20260301100000', 'MFE|MUP|1||D-1|CE', 'STF|D-1|D-1^^^MPK|SAMPLE^DOCTOR||F');
    expect(afterAll([admit, named], 'Practitioner')).toMatchObject({
      id: afterAll([admit], 'Practitioner')?.id,
      gender: 'female',
      active: true,
    });
  });

  it.each(['MDC', 'MDL'])('keeps what %s takes out of use', (action) => {
    const staff = mfn('M02', '20260301100000', 'MFE|MAD|1||D-1|CE', 'STF|D-1|D-1^^^MPK|SAMPLE^DOCTOR');
    const gone = mfn('M02', '20260302100000', `MFE|${action}|1||D-1|CE`, 'STF|D-1|D-1^^^MPK');
    expect(afterAll([gone, staff], 'Practitioner')).toMatchObject({ active: false, name: [{ family: 'SAMPLE' }] });
    const place = mfn('M05', '20260301100000', 'MFE|MAD|1||W1|PL', 'LOC|W1|Ward one|N');
    const closed = mfn('M05', '20260302100000', `MFE|${action}|1||W1|PL`, 'LOC|W1');
    expect(afterAll([closed, place], 'Location')).toMatchObject({ status: 'inactive', description: 'Ward one' });
  });

  it('says more of the bed whose state a bed message tells', () => {
    const bed = message('MSH|^~\\&|PAS|MPK|||20260303110000||ADT^A20|B-1|P|2.5.1', 'NPU|W1^101^A|K');
    const place = mfn('M05', '20260301100000', 'MFE|MAD|1||W1|PL', 'LOC|W1^101^A|By the window|B');
    expect(afterAll([bed, place], 'Location')).toMatchObject({
      operationalStatus: { code: 'K' },
      description: 'By the window',
      status: 'active',
    });
  });

  it('leaves an entry that names nothing in the message', () => {
    const empty = mfn('M02', '20260301100000', 'MFE|MAD|1||D-1|CE', 'PRA|D-1');
    const [event] = mapMessage(empty, contextOf(empty));
    expect(event?.resources).toMatchObject({ statements: [], name: 'MFN_M02' });
    expect(event?.resources.warnings).toContain('STF-2 names nobody');
  });
});
