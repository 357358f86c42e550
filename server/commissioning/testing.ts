// An edge node that answers requests of its host, for tests: it obeys only what the given key has signed.
import { createPublicKey, verify } from 'node:crypto';
import {
  ANSWER,
  type Answer,
  BDSEQ,
  CONFIGURATION,
  type ConfigurationState,
  decodePayload,
  encodePayload,
  envelope,
  type Metric,
  REQUEST,
  type RequestBody,
  requestBody,
} from '@louwei/gateway/sparkplug';
import mqtt from 'mqtt';

export interface EdgeNode {
  readonly requests: RequestBody[];
  /** What it says to the next requests, by method; undefined: nothing. */
  answers: (
    request: RequestBody,
  ) => Omit<Extract<Answer, { ok: true }>, 'id'> | Omit<Extract<Answer, { ok: false }>, 'id'> | undefined;
  birth(state?: ConfigurationState): void;
  tell(state: ConfigurationState): void;
  say(name: string, value: string): void;
  end(): Promise<void>;
  /** The connection breaks; its will is sent. */
  die(): void;
}

export interface EdgeNodeOptions {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly node: string;
  readonly publicKey: string;
}

export async function startEdgeNode({ url, username, password, node, publicKey }: EdgeNodeOptions): Promise<EdgeNode> {
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
  const topic = (type: string): string => `spBv1.0/louwei/${type}/${node}`;
  const text = (name: string, value: string): Metric => ({
    name,
    type: 'String',
    value,
    timestampMs: Date.now(),
    quality: 'good',
  });
  const bdSeq: Metric = { name: BDSEQ, type: 'Int64', value: 0, timestampMs: Date.now(), quality: 'good' };
  const client = mqtt.connect(url, {
    username,
    password,
    protocolVersion: 4,
    reconnectPeriod: 0,
    will: {
      topic: topic('NDEATH'),
      payload: encodePayload({ timestampMs: Date.now(), metrics: [bdSeq] }),
      qos: 0,
      retain: false,
    },
  });
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve());
    client.once('error', reject);
  });
  let seq = 0;
  let state: ConfigurationState = { version: 0, trial: false, rolledBack: null };
  const send = (type: 'NBIRTH' | 'NDATA', metrics: readonly Metric[]): void => {
    const delivery = { epoch: 1, seqs: metrics.map(() => 0) };
    client.publish(topic(type), encodePayload({ timestampMs: Date.now(), seq, metrics, delivery }));
    seq = (seq + 1) % 256;
  };
  const edge: EdgeNode = {
    requests: [],
    answers: () => undefined,
    birth(now = state) {
      state = now;
      seq = 0;
      send('NBIRTH', [bdSeq, text(CONFIGURATION, JSON.stringify(state))]);
    },
    tell(now) {
      state = now;
      send('NDATA', [text(CONFIGURATION, JSON.stringify(state))]);
    },
    say: (name, value) => send('NDATA', [text(name, value)]),
    end: () => client.endAsync(true),
    die: () => void client.stream.destroy(),
  };
  client.on('message', (_topic, payload) => {
    for (const { name, value } of decodePayload(payload).metrics) {
      if (name !== REQUEST) {
        edge.birth();
        continue;
      }
      const { body, signature } = envelope.parse(JSON.parse(String(value)));
      const request = requestBody.parse(JSON.parse(body));
      const signed = verify(null, Buffer.from(body), key, Buffer.from(signature, 'base64'));
      if (signed) edge.requests.push(request);
      const said = signed
        ? edge.answers(request)
        : ({ ok: false, code: 'not-signed', detail: 'the signature does not fit', problems: [] } as const);
      if (said !== undefined) edge.say(ANSWER, JSON.stringify({ id: request.id, ...said }));
    }
  });
  await client.subscribeAsync(topic('NCMD'));
  return edge;
}
