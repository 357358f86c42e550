// The key with which the host signs its requests: Ed25519 (RFC 8032) as PEM, or as the base64 of its SPKI DER (RFC 8410).
import { createPublicKey, type KeyObject } from 'node:crypto';

/** @returns undefined for anything that is not an Ed25519 public key. */
export function parsePublicKey(text: string): KeyObject | undefined {
  const trimmed = text.trim();
  try {
    const key = trimmed.startsWith('-----')
      ? createPublicKey(trimmed)
      : createPublicKey({ key: Buffer.from(trimmed, 'base64'), format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}
