// Who speaks Sparkplug on a broker, and which metrics an edge node has: for the engineer who writes a model.
import { pino } from 'pino';
import { pause } from '../../polling/pause.ts';
import { decodePayload } from '../../uplink/sparkplug/decode.ts';
import type { Metric } from '../../uplink/sparkplug/payload.ts';
import { parseSparkplugTopic, type SparkplugTopic, sparkplugTopic } from '../../uplink/sparkplug/topics.ts';
import { withoutLogin } from '../broker-address.ts';
import { type BrokerLink, createBrokerLink } from '../broker-link.ts';
import { rebirthPayload } from './command-payload.ts';
import type { SparkplugConnection } from './connection.ts';
import { FLOAT, typeName } from './core/metric-value.ts';

export type Address = Pick<SparkplugConnection, 'url' | 'username' | 'password' | 'caFile'>;
export interface NodeName {
  readonly group: string;
  readonly node: string;
}

export interface BrowsedMetric {
  /** Empty for a metric of the edge node itself. */
  readonly device: string;
  readonly metric: string;
  readonly type: string;
  readonly value: string;
}

const LOOK_MS = 100;
/** All births of a node follow each other at once. */
const LAST_BIRTH_MS = 1_500;
const MAX_SHOWN = 60;

/** @returns `group/node` and `group/node/device` of everybody who speaks meanwhile. @throws Error why nothing can be heard. */
export async function speakers(address: Address, forMs: number): Promise<string[]> {
  const heard = new Set<string>();
  const listen = ({ type, group, node, device }: SparkplugTopic): void => {
    if (type === 'NCMD' || type === 'DCMD') return;
    heard.add([group, node, ...(device === undefined ? [] : [device])].join('/'));
  };
  const endMs = performance.now() + forMs;
  await connected(address, ['spBv1.0/#'], listen, () => performance.now() >= endMs, forMs + LOOK_MS);
  return [...heard].sort();
}

/** Asks the node for its birth. @throws Error why there is none. */
export async function metricsOf(
  address: Address,
  { group, node }: NodeName,
  withinMs: number,
): Promise<BrowsedMetric[]> {
  const births = new Map<string, readonly Metric[]>();
  let lastMs = 0;
  let asked = false;
  const listen = ({ type, device = '' }: SparkplugTopic, bytes: Uint8Array): void => {
    if (type !== 'NBIRTH' && type !== 'DBIRTH') return;
    births.set(device, decodePayload(bytes).metrics);
    lastMs = performance.now();
  };
  const look = (link: BrokerLink): boolean => {
    if (!asked) asked = link.send(sparkplugTopic({ group, type: 'NCMD', node }), rebirthPayload(Date.now()));
    return births.has('') && performance.now() - lastMs >= LAST_BIRTH_MS;
  };
  const topics = [
    sparkplugTopic({ group, type: 'NBIRTH', node }),
    sparkplugTopic({ group, type: 'DBIRTH', node, device: '+' }),
  ];
  const isComplete = await connected(address, topics, listen, look, withinMs);
  if (!isComplete)
    throw new Error(`no birth certificate of ${group}/${node} within ${withinMs / 1000} s, though asked for`);
  return [...births].flatMap(([device, metrics]) => metrics.flatMap((metric) => shown(device, metric)));
}

function shown(device: string, { name, datatype, value, unusable }: Metric): BrowsedMetric[] {
  if (name === undefined) return [];
  // Seven digits are what a single-precision float holds.
  const exact = datatype === FLOAT && typeof value === 'number' ? Number(value.toPrecision(7)) : value;
  const text = unusable ?? JSON.stringify(exact);
  return [{ device, metric: name, type: typeName(datatype), value: text.slice(0, MAX_SHOWN) }];
}

/** @returns whether `look` was content in time. @throws Error why the broker cannot be used. */
async function connected(
  address: Address,
  topics: readonly string[],
  listen: (topic: SparkplugTopic, payload: Uint8Array) => void,
  look: (link: BrokerLink) => boolean,
  withinMs: number,
): Promise<boolean> {
  const where = withoutLogin(address.url);
  let lost = '';
  const link = createBrokerLink({
    ...address,
    where,
    topics,
    log: pino({ level: 'silent' }),
    onReached: () => undefined,
    onLost(reason) {
      lost ||= reason;
    },
    onMessage(text, payload, retained) {
      const topic = parseSparkplugTopic(text);
      if (topic === undefined || retained) return;
      try {
        listen(topic, payload);
      } catch {
        // No Sparkplug payload: the driver counts such a message, and here it says nothing either.
      }
    },
  });
  const ended = AbortSignal.timeout(withinMs);
  link.start();
  try {
    while (!ended.aborted) {
      if (lost !== '') throw new Error(`${where}: ${lost}`);
      if (look(link)) return true;
      await pause(LOOK_MS, ended);
    }
    return false;
  } finally {
    await link.stop();
  }
}
