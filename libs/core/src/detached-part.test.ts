import { describe, expect, it } from '@jest/globals';
import { contentDigestsOf, type DetachedPart, parseDetached } from './detached-part.js';

const digest = 'ab'.repeat(32);
const part = { at: 10, sizeBytes: 400, digest, form: 'base64', document: { digest, sizeBytes: 300, hash: 'aGFzaA==' } };
const raw = (...detached: readonly object[]) => ({ bodyDigest: digest, detached });

describe('detached parts of a header', () => {
  it('are none where it names none', () => {
    expect(parseDetached({})).toEqual([]);
  });

  it('are read as they are, in the order of the message', () => {
    const second = { at: 11, sizeBytes: 1, digest, form: 'as-sent' };
    expect(parseDetached(raw(part, second))).toEqual([part, second]);
  });

  it.each([
    ['two at one place', [part, part]],
    ['one before the message', [{ ...part, at: -1 }]],
    ['no place', [{ ...part, at: undefined }]],
    ['a digest that is none', [{ ...part, digest: 'ab' }]],
    ['a form that nobody knows', [{ ...part, form: 'zip' }]],
    ['a document without its size', [{ ...part, document: { digest, hash: '' } }]],
    ['a part that is no object', ['part']],
    ['no part', []],
    ['nothing but that digest', undefined],
  ])('are refused with %s', (_, detached) => {
    expect(() => parseDetached({ bodyDigest: digest, detached })).toThrow(
      expect.objectContaining({ code: 'invalid-event' }),
    );
  });

  it('are refused without the digest of what is left', () => {
    expect(() => parseDetached({ detached: [part] })).toThrow('bodyDigest');
  });

  it('need each object once', () => {
    const other = 'cd'.repeat(32);
    const parts = [part, { ...part, at: 20 }, { ...part, at: 30, document: { ...part.document, digest: other } }];
    expect(contentDigestsOf(parts as readonly DetachedPart[])).toEqual([digest, other]);
  });
});
