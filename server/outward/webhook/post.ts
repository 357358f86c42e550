// One delivery: POST of the event as JSON, signed. Any 2xx means the receiver has it; everything else is a failure.
import { createHmac } from 'node:crypto';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { OutwardEvent } from '../../contract/outward.ts';
import type { Outcome } from '../sender.ts';
import { faultOf, guardedLookup } from './target.ts';

export interface Target {
  readonly url: string;
  readonly secret: string;
  readonly allowPrivate: boolean;
}

const DEADLINE_MS = 10_000;

/** `t=<Unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`: the time is signed too, so that a recorded delivery grows old. */
export function signature(secret: string, unixS: number, body: string): string {
  return `t=${unixS},v1=${createHmac('sha256', secret).update(`${unixS}.${body}`).digest('hex')}`;
}

/** Settles within 10 s. */
export function post(target: Target, event: OutwardEvent, nowMs: number, signal: AbortSignal): Promise<Outcome> {
  const fault = faultOf(target.url, target.allowPrivate);
  if (fault !== null) return Promise.resolve({ ok: false, error: fault });
  const body = JSON.stringify(event);
  const url = new URL(target.url);
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((done) => {
    const failed = (error: string): void => done({ ok: false, error });
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    const outgoing = send(
      url,
      {
        method: 'POST',
        // A connection of its own: a receiver that was restarted must not cost an attempt.
        agent: false,
        lookup: guardedLookup(target.allowPrivate),
        signal: AbortSignal.any([signal, deadline]),
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'user-agent': 'Louwei',
          'idempotency-key': `alarm-journal-${event.seq}`,
          'louwei-signature': signature(target.secret, Math.floor(nowMs / 1000), body),
        },
      },
      (answer) => {
        const status = answer.statusCode ?? 0;
        // The answer's text is of no interest, and may be endless.
        answer.destroy();
        if (status >= 200 && status < 300) done({ ok: true });
        else failed(`answered ${status}, expected 2xx`);
      },
    );
    outgoing.on('error', (error) =>
      failed(deadline.aborted ? `no answer within ${DEADLINE_MS / 1000} s` : error.message),
    );
    outgoing.end(body);
  });
}
