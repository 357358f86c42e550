// Takes the host's requests, one after the other, and answers each once.
import type { KeyObject } from 'node:crypto';
import type { Logger } from 'pino';
import type { Answer, RequestBody, RequestCall, RequestProblem } from '../uplink/sparkplug/request.ts';
import { admit, type Begun } from './core/admission.ts';
import { openEnvelope } from './envelope.ts';

/** What a method answers instead of a result. */
export class Refused extends Error {
  readonly code: 'invalid' | 'stale-version' | 'unreachable' | 'busy' | 'failed';
  readonly problems: readonly RequestProblem[];
  constructor(code: Refused['code'], detail: string, problems: readonly RequestProblem[] = []) {
    super(detail);
    this.code = code;
    this.problems = problems;
  }
}

interface RequestsOptions {
  readonly gateway: string;
  /** Asked for each request: it may change. */
  readonly key: () => KeyObject | null;
  readonly answer: (text: string) => void;
  readonly perform: (call: RequestCall) => Promise<unknown>;
  readonly now: () => number;
  readonly log: Logger;
}

export interface Requests {
  /** Never throws; the answer goes out by `answer`, unless nobody could be meant by it. */
  receive(text: string): void;
}

export function createRequests({ gateway, key, answer, perform, now, log }: RequestsOptions): Requests {
  let begun: Begun = new Map();
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();

  const say = (one: Answer): void => answer(JSON.stringify(one));
  const refuse = (id: string, code: string, detail: string, problems: readonly RequestProblem[] = []): void => {
    log.warn({ request: id, code, detail }, 'request refused');
    say({ id, ok: false, code, detail, problems: [...problems] });
  };

  async function run({ id, call, expiresAtMs }: RequestBody): Promise<void> {
    waiting--;
    if (now() >= expiresAtMs) {
      refuse(id, 'expired', 'expired while it waited for its turn');
      return;
    }
    log.info({ request: id, method: call.method }, 'request begun');
    try {
      say({ id, ok: true, result: await perform(call) });
    } catch (error) {
      if (error instanceof Refused) refuse(id, error.code, error.message, error.problems);
      else refuse(id, 'failed', error instanceof Error ? error.message : String(error));
    }
  }

  return {
    receive(text) {
      const opened = openEnvelope(text, key());
      if (opened.kind === 'unreadable') log.warn('a request without an id was ignored');
      else if (opened.kind === 'refused') refuse(opened.id, opened.code, opened.detail, opened.problems);
      else {
        const { body } = opened;
        const admission = admit(begun, body, { gateway, nowMs: now(), waiting });
        if (admission.kind === 'refuse') refuse(body.id, admission.code, admission.detail);
        if (admission.kind !== 'begin') return;
        begun = admission.begun;
        waiting++;
        last = last.then(() => run(body));
      }
    },
  };
}
