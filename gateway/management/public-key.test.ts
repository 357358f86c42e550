// Which texts are the host's key.
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parsePublicKey } from './public-key.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const der = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
const pem = publicKey.export({ format: 'pem', type: 'spki' }).toString();

describe('parsePublicKey', () => {
  it('takes the base64 of the DER and PEM alike', () => {
    for (const text of [der, ` ${der}\n`, pem]) expect(parsePublicKey(text)?.equals(publicKey)).toBe(true);
  });

  it('takes no other key, and no other text', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
    const others = ['', 'key', der.slice(4), rsa.export({ format: 'pem', type: 'spki' }).toString()];
    for (const text of others) expect(parsePublicKey(text)).toBeUndefined();
  });

  it('does not keep a private key that somebody put in its place', () => {
    const text = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
    expect(parsePublicKey(text)).toBeUndefined();
  });
});
