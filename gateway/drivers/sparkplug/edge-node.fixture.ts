// A Sparkplug B edge node for tests, written with Eclipse Tahu's payload library alone, and the broker it speaks to.
import { createServer, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import { connectAsync } from 'mqtt';
import { decodePayload, encodePayload, type UMetric, type UPayload } from 'sparkplug-payload/lib/sparkplugbpayload.js';

export interface TestBroker {
  readonly port: number;
  readonly url: string;
  /** Everything published, newest last. */
  readonly heard: { readonly topic: string; readonly payload: Buffer; readonly retained: boolean }[];
  /** Topics anybody has subscribed to. */
  readonly subscribed: ReadonlySet<string>;
  publish(topic: string, payload: string | Uint8Array, retain?: boolean): Promise<void>;
  close(): Promise<void>;
}

export async function startTestBroker(port = 0): Promise<TestBroker> {
  const aedes = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    aedes.handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  const taken = typeof address === 'object' && address !== null ? address.port : 0;
  const heard: { topic: string; payload: Buffer; retained: boolean }[] = [];
  aedes.on('publish', ({ topic, payload, retain }) => {
    heard.push({ topic, payload: Buffer.from(payload), retained: retain });
  });
  const subscribed = new Set<string>();
  aedes.on('subscribe', (subscriptions) => {
    for (const { topic } of subscriptions) subscribed.add(topic);
  });
  return {
    port: taken,
    subscribed,
    url: `mqtt://127.0.0.1:${taken}`,
    heard,
    publish: (topic, payload, retain = false) =>
      new Promise((resolve, reject) => {
        aedes.publish({ cmd: 'publish', topic, payload: Buffer.from(payload), retain, qos: 0, dup: false }, (error) =>
          error ? reject(error) : resolve(),
        );
      }),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => aedes.close(() => resolve()));
      }),
  };
}

export interface TestNode {
  /** How often it was asked to be born again. */
  rebirths(): number;
  /** DCMD and NCMD other than a rebirth. */
  readonly commands: { readonly topic: string; readonly metrics: readonly UMetric[] }[];
  /** NBIRTH and DBIRTH of every device; the answer to a request for a rebirth, too. */
  bear(): void;
  /** `skip` leaves sequence numbers out, as lost messages do. */
  data(device: string, metrics: readonly UMetric[], skip?: number): void;
  deviceDeath(device: string): void;
  /** The will of `bdSeq`; left out: this connection's own. */
  nodeDeath(bdSeq?: number): void;
  /** Closes without a DISCONNECT. */
  die(): void;
}

export interface TestNodeOptions {
  readonly url: string;
  readonly group: string;
  readonly node: string;
  /** Metrics of each birth; '' is the node itself. */
  readonly births: Readonly<Record<string, () => readonly UMetric[]>>;
  readonly bdSeq?: number;
  /** Does not answer requests. */
  readonly deaf?: boolean;
}

export async function startTestNode({ url, group, node, births, bdSeq = 7, deaf }: TestNodeOptions): Promise<TestNode> {
  const topic = (type: string, device = ''): string =>
    ['spBv1.0', group, type, node, ...(device === '' ? [] : [device])].join('/');
  const death = (seq: number): Buffer =>
    Buffer.from(encodePayload({ timestamp: Date.now(), metrics: [{ name: 'bdSeq', type: 'Int64', value: seq }] }));
  const client = await connectAsync(url, {
    protocolVersion: 4,
    reconnectPeriod: 0,
    will: { topic: topic('NDEATH'), payload: death(bdSeq), qos: 1, retain: false },
  });
  const commands: { topic: string; metrics: readonly UMetric[] }[] = [];
  let asked = 0;
  let seq = 0;

  const send = (to: string, payload: Omit<UPayload, 'seq' | 'timestamp'>, first = false): void => {
    seq = first ? 0 : (seq + 1) % 256;
    client.publish(to, Buffer.from(encodePayload({ timestamp: Date.now(), seq, ...payload })), { qos: 0 });
  };

  function bear(): void {
    const own: UMetric[] = [
      { name: 'bdSeq', type: 'Int64', value: bdSeq },
      { name: 'Node Control/Rebirth', type: 'Boolean', value: false },
      ...(births['']?.() ?? []),
    ];
    send(topic('NBIRTH'), { metrics: own }, true);
    for (const [device, metrics] of Object.entries(births))
      if (device !== '') send(topic('DBIRTH', device), { metrics: [...metrics()] });
  }

  client.on('message', (to, bytes) => {
    const metrics = decodePayload(bytes).metrics ?? [];
    if (metrics.some(({ name, value }) => name === 'Node Control/Rebirth' && value === true)) {
      asked++;
      if (deaf !== true) bear();
    } else commands.push({ topic: to, metrics });
  });
  await client.subscribeAsync([topic('NCMD'), topic('DCMD', '+')], { qos: 1 });
  return {
    commands,
    rebirths: () => asked,
    bear,
    data(device, metrics, skip = 0) {
      seq = (seq + skip) % 256;
      send(topic(device === '' ? 'NDATA' : 'DDATA', device), { metrics: [...metrics] });
    },
    deviceDeath: (device) => send(topic('DDEATH', device), {}),
    nodeDeath: (of = bdSeq) => void client.publish(topic('NDEATH'), death(of)),
    die: () => client.stream.destroy(),
  };
}
