import { describe, expect, it } from '@jest/globals';
import type { Message } from '@anamnesis/hl7v2';
import { assembled, adt, contextOf } from '../../test-context.js';
import { mapMessage } from '../map-message.js';

/** Every allergy after these messages: `AL-1 active penicillin`. */
function allergies(...messages: readonly Message[]): readonly string[] {
  const statements = messages.map((one) =>
    mapMessage(one, contextOf(one)).flatMap(({ resources }) => resources.statements),
  );
  return assembled(...statements)
    .filter(({ resourceType }) => resourceType === 'AllergyIntolerance')
    .map((one) => {
      const { identifier, clinicalStatus, verificationStatus, code } = one as unknown as Allergy;
      const status = verificationStatus?.coding[0]?.code ?? clinicalStatus?.coding[0]?.code;
      return [identifier?.[0]?.value, status, code?.text].filter((part) => part !== undefined).join(' ');
    });
}

interface Coded {
  readonly coding: readonly { readonly code: string }[];
  readonly text?: string;
}

interface Allergy {
  readonly identifier?: readonly { readonly value: string }[];
  readonly clinicalStatus?: Coded;
  readonly verificationStatus?: Coded;
  readonly code?: Coded;
}

const first = adt('A60', '20260301100000', 'IAM|1|DA|^Penicillin|SV||A|AL-1^MPK', 'IAM|2|FA|^Peanut|||A|AL-2^MPK');

describe('allergies that are acted upon', () => {
  it('stay when a later message does not name them', () => {
    expect(allergies(first, adt('A60', '20260302100000', 'IAM|1|DA|^Amoxicillin|||U|AL-1^MPK'))).toEqual([
      'AL-1 active Amoxicillin',
      'AL-2 active Peanut',
    ]);
  });

  it('were never ones after a D, whatever else is known, until they are added again', () => {
    const never = adt('A60', '20260302100000', 'IAM|1|DA||||D|AL-1^MPK');
    expect(allergies(first, never)[0]).toBe('AL-1 entered-in-error Penicillin');
    const again = adt('A60', '20260303100000', 'IAM|1|DA|^Penicillin|||A|AL-1^MPK');
    expect(allergies(first, never, again)[0]).toBe('AL-1 active Penicillin');
    expect(allergies(again, never, first)[0]).toBe('AL-1 active Penicillin');
  });

  it('are left alone by an X', () => {
    expect(allergies(first, adt('A60', '20260302100000', 'IAM|1|DA|^Other|||X|AL-1^MPK'))).toEqual(allergies(first));
  });

  it('say how sure they are (IAM-17)', () => {
    const one = (status: string) =>
      allergies(adt('A60', '20260301100000', `IAM|1|DA|^Penicillin|||A|AL-1^MPK||||||||||${status}`));
    expect(['C', 'S', 'E'].flatMap(one)).toEqual([
      'AL-1 confirmed Penicillin',
      'AL-1 unconfirmed Penicillin',
      'AL-1 entered-in-error Penicillin',
    ]);
  });

  it('without a number are those of an AL1 with the same substance', () => {
    const listed = adt('A01', '20260301090000', 'AL1|1|DA|^Penicillin');
    expect(allergies(listed, adt('A60', '20260302100000', 'IAM|1|DA|^Penicillin|||D'))).toEqual([
      'entered-in-error Penicillin',
    ]);
  });
});
