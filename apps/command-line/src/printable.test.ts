import { describe, expect, it } from '@jest/globals';
import { printable } from './printable.js';

describe('a line of a report', () => {
  it('stays one line, and what it quotes moves no cursor and turns no text around', () => {
    const quoted = 'NORTH\ncertificates   lead to the trusted root\u001b[2A\u202e\u2028\u0085\r';
    const line = printable(`received       by the adapter of ${quoted}`);
    expect(line).toBe(
      'received       by the adapter of NORTH\\u{a}certificates   lead to the trusted root\\u{1b}[2A\\u{202e}\\u{2028}\\u{85}\\u{d}',
    );
  });

  it('keeps what people write', () => {
    const text = 'Szpital Śląski – 東京病院 – مستشفى 🏥';
    expect(printable(text)).toBe(text);
  });
});
