import { describe, expect, it } from '@jest/globals';
import type { Message } from '@anamnesis/hl7v2';
import { afterAll, contextOf, message } from '../../test-context.js';
import { mapMessage } from '../map-message.js';

function ref(trigger: string, at: string, ...segments: readonly string[]): Message {
  const header = `MSH|^~\\&|EHR|MPK|||${at}||REF^${trigger}|${trigger}-${at}|P|2.5.1`;
  return message(header, ...segments, 'PID|1||MR-1001^^^MPK^MR||EVERYWOMAN^EVE');
}

const made = ref('I12', '20260301100000', 'RF1||R|Med^Medical|||R-1^MPK', 'PRD|RP|SAMPLE^DOCTOR');
const referral = (...messages: readonly Message[]) => afterAll(messages, 'ServiceRequest');

describe('a referral over its messages', () => {
  it('is an order that somebody asks for', () => {
    expect(referral(made)).toMatchObject({
      status: 'active',
      intent: 'order',
      priority: 'routine',
      requester: { display: 'DOCTOR SAMPLE' },
    });
  });

  it('is modified by its number, and keeps what is not said again', () => {
    const changed = ref('I13', '20260302100000', 'RF1||S||||R-1^MPK');
    expect(referral(made, changed)).toMatchObject({ status: 'active', priority: 'stat', requester: {} });
    expect(referral(changed, made)).toEqual(referral(made, changed));
  });

  it('is revoked when it is cancelled or rejected', () => {
    expect(referral(made, ref('I14', '20260302100000', 'RF1|P|||||R-1^MPK'))).toMatchObject({ status: 'revoked' });
    expect(referral(made, ref('I13', '20260302100000', 'RF1|R|||||R-1^MPK'))).toMatchObject({ status: 'revoked' });
  });

  it('is left as it is by a question about it', () => {
    expect(referral(made, ref('I15', '20260302100000', 'RF1||||||R-1^MPK'))).toMatchObject({ status: 'active' });
  });

  it('takes its documents along, and leaves results to their own messages', () => {
    const one = ref(
      'I12',
      '20260301100000',
      'RF1||||||R-1^MPK',
      'OBX|1|RP|D^Letter^L||https://documents.example.org/1^^text^html||||||F',
      'OBX|2|NM|GLU||5||||||F',
    );
    const document = afterAll([one], 'DocumentReference');
    expect(document).toMatchObject({ content: [{ attachment: { url: 'https://documents.example.org/1' } }] });
    expect(referral(one)).toMatchObject({
      supportingInfo: [{ reference: `DocumentReference/${document?.id ?? ''}` }],
    });
    expect(afterAll([one], 'Observation')).toBeUndefined();
  });

  it('without a number is kept in the message, and what it says of the patient stated', () => {
    const nameless = ref('I12', '20260301100000', 'RF1|A|R', 'DG1|1||R07.4^Pain^I10');
    expect(referral(nameless)).toBeUndefined();
    expect(afterAll([nameless], 'Condition')).toBeDefined();
    expect(mapMessage(nameless, contextOf(nameless))[0]?.resources.warnings).toContain(
      'RF1-6 and RF1-11 name no referral',
    );
  });
});
