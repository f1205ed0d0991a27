import { beforeAll, describe, expect, it } from '@jest/globals';
import { canonicalJson } from '@anamnesis/core';
import { certified, digest, judge, makeDeployment, raw, said, type TestDeployment } from './testing/test-bundle.js';

describe('the text of a bundle', () => {
  let signers: TestDeployment['signers'];
  let genuine: TestDeployment['genuine'];
  let trust: TestDeployment['trust'];

  beforeAll(async () => {
    ({ signers, genuine, trust } = await makeDeployment());
  });

  it('is read in any layout', () => {
    expect(judge(genuine, trust)).toBe('valid');
    expect(judge(canonicalJson(genuine), trust)).toBe('valid');
    expect(judge(`${JSON.stringify(genuine, null, 2)}\n`, trust)).toBe('valid');
  });

  it.each(['resources', 'signature'])('is refused with %s in what the source signed', (name) => {
    // Neither is signed: beside the header they would be read as if they were.
    const forged = { ...genuine, event: { ...genuine.event, [name]: { statements: ['Diagnosis: none'] } } };
    expect(judge(forged, trust)).toMatch(/^unreadable: event has unknown members/);
  });

  it('is refused when its text says a member twice, or a number in a spelling that others read otherwise', () => {
    const text = JSON.stringify(genuine);
    const twice = text.replace('"event":', '"event":{"id":"another"},"event":');
    const inner = text.replace('"facility":', '"facility":"SOUTH","facil\\u0069ty":');
    const numbers = ['1.0', '1e0', '1.00000000000000000001', '10e-1'].map((one) =>
      text.replace('"policyVersion":1', `"policyVersion":${one}`),
    );
    const zero = text.replace('"ordinal":0', '"ordinal":-0');
    for (const forged of [twice, inner, ...numbers, zero]) {
      expect(forged).not.toBe(text);
      expect(judge(forged, trust)).toMatch(/^unreadable: .*twice/);
    }
  });

  it('may spell characters as JSON lets it', () => {
    const text = JSON.stringify(genuine).replace('"NORTH"', '"\\u004eORT\\u0048"');
    expect(judge(text, trust)).toBe('valid');
  });

  it.each([
    ['a half of a character', '"\\ud800"'],
    ['a number that is none', '1e400'],
    ['lists in lists without end', '['.repeat(50_000) + ']'.repeat(50_000)],
  ])('is unreadable, and does not break the verifier, with %s', (_, value) => {
    const text = JSON.stringify(genuine);
    for (const forged of [
      text.replace('"messageId":"TEST-1"', `"messageId":"TEST-1","more":${value}`),
      text.replace('"generation":1', `"generation":1,"more":${value}`),
      text.replace('"format":', `"more":${value},"format":`),
    ])
      expect(judge(forged, trust)).toMatch(/^unreadable: /);
  });

  it('is refused when it names a digest of what is left of the bytes and nothing that was taken out', () => {
    // "As received" would then be said of other bytes than those with the digest of the message.
    const claimed = { ...said, raw: { ...said.raw, digest: 'd'.repeat(64), bodyDigest: digest(raw) } };
    expect(judge(certified(claimed, signers), trust)).toMatch(/^unreadable: /);
    const none = { ...claimed, raw: { ...claimed.raw, detached: [] } };
    expect(judge(certified(none, signers), trust)).toMatch(/^unreadable: /);
  });
});
