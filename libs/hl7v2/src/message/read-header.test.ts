import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { admission, samples } from '../sample-messages.js';
import { parseMessage } from './parse-message.js';
import { readHeader } from './read-header.js';

const read = (text: string): ReturnType<typeof readHeader> => readHeader(Buffer.from(text, 'latin1'));

describe('read header', () => {
  it('agrees with the parser on what parses', () => {
    for (const sample of samples) {
      const { header } = parseMessage(Buffer.from(sample));
      const { wire: _, ...texts } = header;
      expect(read(sample)).toMatchObject(texts);
    }
  });

  it('reads the head of a message that was cut anywhere', () => {
    for (let end = 4; end < admission.length; end++) read(admission.slice(0, end));
    expect(read(admission.slice(0, 100))?.controlId).toBe(
      'N-0001'.slice(0, Math.max(0, 100 - admission.indexOf('N-0001'))),
    );
  });

  it('finds the control id although another field is undecodable', () => {
    const header = read(admission.replace('HUB', 'H\u00FCB'));
    expect([header?.controlId, header?.receivingFacility.namespaceId]).toEqual(['N-0001', '']);
  });

  it('keeps the bytes of a control id that cannot be decoded', () => {
    const header = read(admission.replace('N-0001', 'N\u00FC1'));
    expect([header?.controlId, Buffer.from(header?.wire?.controlId ?? []).toString('latin1')]).toEqual([
      '',
      'N\u00FC1',
    ]);
  });

  it('finds the control id by the field separator when MSH-2 is unusable', () => {
    expect(read('MSH||A|B|||||ADT^A01|77|P|2.3\r')?.controlId).toBe('77');
    expect(read('MSH|0000|A|B|||||ADT^A01|77|P|2.3\r')).toMatchObject({ controlId: '77', triggerEvent: 'A01' });
  });

  it('finds an MSH that comes late', () => {
    expect(read(`FHS|^~\\&|A\r${admission}`)?.controlId).toBe('N-0001');
    expect(read('PID|MSH|1\r')).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        readHeader(bytes);
        readHeader(Buffer.concat([Buffer.from('MSH'), bytes]));
        readHeader(Buffer.concat([Buffer.from('MSH|^~\\&|'), bytes]));
      }),
      { numRuns: 500 },
    );
  });
});
