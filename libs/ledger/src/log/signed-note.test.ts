import { createPrivateKey, createPublicKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { emptyRoot } from '@anamnesis/core';
import { formatCheckpoint, openCheckpoint } from './checkpoint.js';
import { formatVerifierKey, openNote, parseVerifierKey, signNote } from './signed-note.js';

// The RFC 8032 seed 00 01 … 1f, as PKCS#8. Verifier key and note below were made with Go's x/mod/sumdb/note.
const seed = Buffer.from(Array.from({ length: 32 }, (_, n) => n));
const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
const name = 'ledger.example/golden';
const vkey = `${name}+3108bca7+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4`;
const text = `${name}\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n`;
const signature = 'MQi8p0nWwWrAMjw/tXXkFqLkqUXKp5u7i60uwsNR3fLZvI7ksponjmS6ybEokWl82veEXKjAvVaKWvJdhAW5ewpiPAw=';
const note = `${text}\n— ${name} ${signature}\n`;

describe('signed note', () => {
  const key = parseVerifierKey(vkey);

  it('writes keys, notes and checkpoints as other implementations do', () => {
    expect(formatVerifierKey(name, createPublicKey(privateKey))).toBe(vkey);
    expect(signNote(text, { name, privateKey })).toBe(note);
    expect(formatCheckpoint({ origin: name, size: 0, root: emptyRoot() })).toBe(text);
  });

  it('opens what the key signed', () => {
    expect(openNote(note, key)).toBe(text);
    expect(openCheckpoint(note, key)).toMatchObject({ origin: name, size: 0 });
  });

  it.each([
    ['no signature', text],
    ['no text', `\n— ${name} ${signature}\n`],
    ['another text', note.replace('\n0\n', '\n1\n')],
    ['another name', note.replace(`— ${name}`, '— ledger.example/other')],
    ['a second signature', `${note}— ${name} ${signature}\n`],
    ['an unknown signature', `${note}— witness.example ${signature}\n`],
    ['anything behind', `${note}\n`],
    ['no end of line', note.trimEnd()],
    ['a hyphen for the dash', note.replace('—', '-')],
    ['a second spelling of the signature', note.replace('PAw=', 'PAx=')],
    ['a signature without padding', note.replace('PAw=', 'PAw')],
    ['an empty signature', note.replace(signature, '')],
    ['a short signature', note.replace(signature, 'MQi8pw==')],
  ])('does not open a note with %s', (_, wrong) => {
    expect(openNote(wrong, key)).toBeUndefined();
  });

  it.each([
    ['another origin', `ledger.example/other\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n`],
    ['a leading zero', text.replace('\n0\n', '\n00\n')],
    ['a size beyond counting', text.replace('\n0\n', '\n9007199254740993\n')],
    ['a short root', text.replace('47DE', '')],
    ['a second spelling of the root', text.replace('uFU=', 'uFV=')],
    ['an extension line', `${text}more\n`],
  ])('takes no text with %s for a checkpoint, though it is signed', (_, other) => {
    const signed = signNote(other, { name, privateKey });
    expect(openNote(signed, key)).toBe(other);
    expect(openCheckpoint(signed, key)).toBeUndefined();
  });

  it.each([
    ['nothing', ''],
    ['another id', vkey.replace('3108bca7', '3108bca8')],
    ['an id in capitals', vkey.replace('3108bca7', '3108BCA7')],
    ['another name', vkey.replace('golden', 'silver')],
    ['no name', vkey.replace(name, '')],
    ['a space in the name', vkey.replace('golden', 'gol den')],
    ['another algorithm', vkey.replace('+AQ', '+Ag')],
    ['a short key', vkey.slice(0, -4)],
    ['anything behind', `${vkey} `],
  ])('takes no text with %s for a verifier key', (_, wrong) => {
    expect(() => parseVerifierKey(wrong)).toThrow(expect.objectContaining({ code: 'invalid-evidence' }));
  });
});
