// The key that signs requests to gateways: made once per installation, kept in the database. The private part never
// leaves this module but as signatures.
import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import type { Envelope, RequestBody } from '@louwei/gateway/sparkplug';
import type { Db } from '../migrations/tables.ts';

export interface Signer {
  /** Base64 of SPKI DER (RFC 8410). */
  readonly publicKey: string;
  seal(body: RequestBody): Envelope;
}

export async function openSigner(db: Db, nowMs: number): Promise<Signer> {
  const made = generateKeyPairSync('ed25519');
  await db
    .insertInto('signing_key')
    .values({
      id: 'gateways',
      private_key: made.privateKey.export({ format: 'der', type: 'pkcs8' }),
      public_key: made.publicKey.export({ format: 'der', type: 'spki' }),
      created_at: new Date(nowMs),
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
  const row = await db.selectFrom('signing_key').selectAll().where('id', '=', 'gateways').executeTakeFirstOrThrow();
  const key = createPrivateKey({ key: row.private_key, format: 'der', type: 'pkcs8' });
  return {
    publicKey: row.public_key.toString('base64'),
    seal(body) {
      const text = JSON.stringify(body);
      return { body: text, signature: sign(null, Buffer.from(text), key).toString('base64') };
    },
  };
}
