// A request as it comes: who signed it is settled before anything in it is believed.
import { type KeyObject, verify } from 'node:crypto';
import { z } from 'zod';
import { envelope, type RequestBody, type RequestProblem, requestBody } from '../uplink/sparkplug/request.ts';

export type Opened =
  | { readonly kind: 'request'; readonly body: RequestBody }
  | {
      readonly kind: 'refused';
      readonly id: string;
      readonly code: 'read-only' | 'not-signed' | 'invalid';
      readonly detail: string;
      readonly problems: readonly RequestProblem[];
    }
  /** Not even an id to answer to. */
  | { readonly kind: 'unreadable' };

const named = z.object({ id: z.string().min(1).max(64) });

/** @param key null: this gateway obeys nobody. */
export function openEnvelope(text: string, key: KeyObject | null): Opened {
  const sealed = envelope.safeParse(json(text));
  if (!sealed.success) return { kind: 'unreadable' };
  const { body, signature } = sealed.data;
  const content = json(body);
  const id = named.safeParse(content).data?.id;
  if (id === undefined) return { kind: 'unreadable' };
  const refused = (code: 'read-only' | 'not-signed' | 'invalid', detail: string, problems: RequestProblem[] = []) =>
    ({ kind: 'refused', id, code, detail, problems }) as const;
  if (key === null)
    return refused('read-only', 'this gateway answers no requests: its file has no management.publicKey');
  if (!verify(null, Buffer.from(body), key, Buffer.from(signature, 'base64')))
    return refused('not-signed', 'the signature does not fit the management.publicKey of this gateway');
  const parsed = requestBody.safeParse(content);
  if (parsed.success) return { kind: 'request', body: parsed.data };
  const problems = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  return refused('invalid', 'not a request this gateway knows', problems);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
