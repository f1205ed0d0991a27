import { createPublicKey, generateKeyPairSync, randomBytes, verify } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { lowS, nativeSigner } from './signer.js';

const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

it('signs in DER, with s in the lower half', async () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  for (let count = 0; count < 200; count++) {
    const message = randomBytes(50);
    const signature = Buffer.from(await nativeSigner(privateKey)(message));
    expect(verify('sha256', message, createPublicKey(privateKey), signature)).toBe(true);
    const s = signature.subarray(6 + (signature[3] ?? 0));
    expect(BigInt(`0x${s.toString('hex')}`) <= order >> 1n).toBe(true);
  }
});

it('writes numbers as short as they are, and positive', () => {
  const number = (hex: string) => Buffer.from(hex.padStart(64, '0'), 'hex');
  const der = (r: string, s: string) => lowS(Buffer.concat([number(r), number(s)])).toString('hex');
  expect(der('01', '02')).toBe('3006020101020102');
  expect(der('80', '00ff')).toBe('3008020200800202' + '00ff');
  expect(der('01', (order - 5n).toString(16))).toBe('3006020101020105');
});
