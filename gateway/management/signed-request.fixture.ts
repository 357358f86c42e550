// A host's key and its signed requests, for tests.
import { generateKeyPairSync, sign } from 'node:crypto';
import type { RequestCall } from '../uplink/sparkplug/request.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');

/** For `management.publicKey`. */
export const HOST_KEY = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');

export function signedRequest(id: string, call: RequestCall, gateway = 'gw-1', forMs = 60_000): string {
  const body = JSON.stringify({ id, gateway, expiresAtMs: Date.now() + forMs, call });
  return JSON.stringify({ body, signature: sign(null, Buffer.from(body), privateKey).toString('base64') });
}
