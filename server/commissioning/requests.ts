// One place where requests to gateways leave and their answers arrive: signed, numbered, and over at their deadline.
import { randomUUID } from 'node:crypto';
import {
  type Answer,
  answer as answerSchema,
  encodePayload,
  REQUEST,
  type RequestCall,
  sparkplugTopic,
} from '@louwei/gateway/sparkplug';
import type { GatewayRecord } from '../assets/directory.ts';
import { ProblemError } from '../platform/http/route.ts';
import type { Signer } from './signing.ts';

/** The gateway does not begin a request after this, and nobody waits longer for its answer. */
const EXPIRY_MS = { describe: 15_000, 'test-read': 20_000, identify: 20_000, configure: 20_000 } as const;
/** What lies between the end of the work at the gateway and its answer being here. */
const ON_THE_WAY_MS = 1_000;
/** Each holds a request of a browser open. */
const MAX_WAITING_PER_GATEWAY = 8;

/** A broker may cut the connection for a larger message: the embedded one does so from 1 MiB. */
const MOST_BYTES = 900_000;

/** @throws ProblemError 413 when no message can carry it. */
export function requireCarriable(call: RequestCall): void {
  // Text within text within text: what is signed, the envelope, the metric.
  const length = Buffer.byteLength(JSON.stringify(JSON.stringify(call)));
  if (length > MOST_BYTES)
    throw new ProblemError(
      413,
      'too-large',
      `the request has ${length} bytes, more than the ${MOST_BYTES} of one message`,
    );
}

export interface Requests {
  /** @throws ProblemError 504 without an answer in time, 503 without a connection or with too many waiting. */
  ask(gateway: GatewayRecord, call: RequestCall): Promise<Answer>;
  /** Text of an ANSWER metric; what nobody waits for is dropped. */
  take(gatewayId: string, text: string): void;
  stop(): void;
}

interface Waiting {
  readonly gatewayId: string;
  settle(answer: Answer): void;
  fail(error: ProblemError): void;
}

export interface RequestsOptions {
  readonly now: () => number;
  readonly signer: () => Signer;
  /** @returns false without a connection to the broker. */
  readonly publish: (topic: string, payload: Buffer) => boolean;
  readonly expiryMs?: number;
}

export function createRequests({ now, signer, publish, expiryMs }: RequestsOptions): Requests {
  const waiting = new Map<string, Waiting>();

  return {
    ask(gateway, call) {
      const { id: gatewayId, group, node } = gateway;
      requireCarriable(call);
      const others = [...waiting.values()].filter((one) => one.gatewayId === gatewayId).length;
      if (others >= MAX_WAITING_PER_GATEWAY)
        throw new ProblemError(503, 'unavailable', `${others} requests wait for ${gatewayId} already`, 5);
      const id = randomUUID();
      const lastsMs = expiryMs ?? EXPIRY_MS[call.method];
      const nowMs = now();
      const envelope = signer().seal({ id, gateway: node, expiresAtMs: nowMs + lastsMs, call });
      const metric = {
        name: REQUEST,
        type: 'String',
        value: JSON.stringify(envelope),
        timestampMs: nowMs,
        quality: 'good',
      } as const;
      const payload = encodePayload({ timestampMs: nowMs, metrics: [metric] });
      return new Promise<Answer>((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(id);
          reject(silent(gatewayId, lastsMs));
        }, lastsMs + ON_THE_WAY_MS);
        const end =
          <T>(how: (value: T) => void): ((value: T) => void) =>
          (value) => {
            clearTimeout(timer);
            waiting.delete(id);
            how(value);
          };
        const entry: Waiting = { gatewayId, settle: end(resolve), fail: end(reject) };
        waiting.set(id, entry);
        if (!publish(sparkplugTopic({ group, type: 'NCMD', node }), payload))
          entry.fail(new ProblemError(503, 'unavailable', 'no connection to the MQTT broker; nothing was sent', 5));
      });
    },
    take(gatewayId, text) {
      const told = readAnswer(text);
      const entry = told === undefined ? undefined : waiting.get(told.id);
      if (told !== undefined && entry?.gatewayId === gatewayId) entry.settle(told);
    },
    stop() {
      for (const entry of [...waiting.values()])
        entry.fail(new ProblemError(503, 'unavailable', 'the server is stopping'));
    },
  };
}

const silent = (gatewayId: string, lastsMs: number): ProblemError =>
  new ProblemError(
    504,
    'gateway-silent',
    `${gatewayId} is online but has not answered in ${lastsMs / 1000} s: its version may be older than requests of this kind`,
  );

function readAnswer(text: string): Answer | undefined {
  try {
    return answerSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
