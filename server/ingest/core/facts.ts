// From a message in its place to a fact: aliases resolved, descriptive metrics apart from points, every sample with its
// identity in the gateway's stream.
import {
  asBorn,
  COMM_POINT,
  DROPPED_RECORDS,
  DROPPED_THROUGH,
  type Metric,
  PROPERTY_PREFIX,
} from '@louwei/gateway/sparkplug';
import type { Alias } from './aliases.ts';
import { isPointName, nameFault } from './reading.ts';
import type { Session } from './session.ts';
import type {
  Data,
  DeviceBirth,
  DroppedByGateway,
  DropReason,
  Incoming,
  NamedMetric,
  NodeBirth,
} from './session-effects.ts';

type Declared = Pick<DeviceBirth, 'points' | 'metrics'>;

export function nodeBirthFact(session: Session, incoming: Incoming): NodeBirth {
  const epoch = incoming.delivery?.epoch ?? session.ownEpoch;
  return {
    kind: 'node-birth',
    device: '',
    receivedAtMs: incoming.receivedAtMs,
    sentAtMs: incoming.timestampMs,
    provesDelivery: session.provesDelivery,
    epoch,
    ...declare(session, incoming, ''),
    dropped: droppedByGateway(incoming.metrics),
  };
}

export function deviceBirthFact(session: Session, incoming: Incoming, device: string): DeviceBirth {
  const properties: Record<string, string> = Object.create(null);
  for (const { name, value } of incoming.metrics)
    if (name?.startsWith(PROPERTY_PREFIX) && typeof value === 'string') properties[name] = value.slice(0, 500);
  return {
    kind: 'device-birth',
    device,
    receivedAtMs: incoming.receivedAtMs,
    sentAtMs: incoming.timestampMs,
    epoch: incoming.delivery?.epoch ?? session.ownEpoch,
    properties,
    ...withComm(session, incoming, declare(session, incoming, device)),
  };
}

/** Other edge nodes say by births and deaths what Louwei's gateways say by the point `comm`. */
function withComm(session: Session, incoming: Incoming, birth: Declared): Declared & { online: boolean | undefined } {
  if (session.provesDelivery) {
    const value = incoming.metrics.find((metric) => metric.name === COMM_POINT)?.value;
    return { ...birth, online: typeof value === 'boolean' ? value : undefined };
  }
  if (birth.points.some((point) => point.name === COMM_POINT)) return { ...birth, online: true };
  return {
    points: [...birth.points, { name: COMM_POINT, type: 'Boolean' }],
    metrics: [...birth.metrics, commMetric(session, true, incoming.receivedAtMs)],
    online: true,
  };
}

function commMetric(session: Session, value: boolean, timestampMs: number): NamedMetric {
  const metric: Metric = { name: COMM_POINT, type: 'Boolean', value, timestampMs, quality: 'good' };
  return { name: COMM_POINT, metric, seq: ++session.ownSeq };
}

/** The reading that tells of a device's death; Louwei's gateways send their own. */
export function deathReading(session: Session, incoming: Incoming, device: string): Data | undefined {
  if (session.provesDelivery || !session.aliases.devices.has(device)) return undefined;
  const { receivedAtMs } = incoming;
  const metrics = [commMetric(session, false, receivedAtMs)];
  return { kind: 'data', device, receivedAtMs, epoch: session.ownEpoch, metrics, dropped: undefined };
}

/** @returns why the message cannot be understood, when it cannot; a Rebirth brings it into order. */
export function dataFact(session: Session, incoming: Incoming, device: string): Data | DropReason {
  if (session.provesDelivery && incoming.delivery === undefined && incoming.metrics.some(mayBeReading))
    return 'no-delivery';
  const declared = session.aliases.devices.get(device);
  const metrics: NamedMetric[] = [];
  for (const [index, metric] of incoming.metrics.entries()) {
    const found = metric.alias === undefined ? undefined : session.aliases.byAlias.get(metric.alias);
    const alias = found ?? (metric.name === undefined ? undefined : declared?.get(metric.name));
    if (alias !== undefined ? alias.device !== device : metric.name === undefined) return 'unknown-alias';
    // The backlog of a device that is no longer configured comes by name, from gateways that keep one.
    if (declared === undefined && device !== '' && !session.provesDelivery) return 'unknown-device';
    metrics.push({
      name: alias?.name ?? metric.name ?? '',
      metric: alias === undefined ? metric : asBorn(metric, alias.type, alias.datatype),
      seq: placeInStream(session, incoming, metric, index),
    });
  }
  return {
    kind: 'data',
    device,
    receivedAtMs: incoming.receivedAtMs,
    sentAtMs: incoming.timestampMs,
    epoch: incoming.delivery?.epoch ?? session.ownEpoch,
    metrics: metrics.filter((named) => named.seq > 0),
    dropped: device === '' ? droppedByGateway(incoming.metrics) : undefined,
  };
}

/** What a node says of itself by name is no reading and has no place in its stream. */
const mayBeReading = ({ name }: Metric): boolean => name === undefined || isPointName(name);

/** Enters a birth's metrics into the alias table; births that carry values carry samples. */
function declare(session: Session, incoming: Incoming, device: string): Declared {
  const declared = new Map<string, Alias>();
  const metrics: NamedMetric[] = [];
  for (const [index, metric] of incoming.metrics.entries()) {
    const { name, alias } = metric;
    if (name === undefined) continue;
    const entry: Alias = { device, name, type: metric.type, datatype: metric.datatype };
    declared.set(name, entry);
    if (alias !== undefined) session.aliases.byAlias.set(alias, entry);
    const seq = placeInStream(session, incoming, metric, index);
    if (seq > 0) metrics.push({ name, metric, seq });
  }
  session.aliases.devices.set(device, declared);
  const points = [...declared.values()]
    .filter(({ name }) => isPointName(name) && nameFault(name) === undefined)
    .map(({ name, type }) => ({ name, type }));
  return { points, metrics };
}

/** The gateway's own number, or the server's for edge nodes without a stream: they number what has a value and is a point. */
function placeInStream(session: Session, incoming: Incoming, metric: Metric, index: number): number {
  if (incoming.delivery !== undefined) return incoming.delivery.seqs[index] ?? 0;
  const named = metric.name === undefined || isPointName(metric.name);
  const birth = incoming.topic.type === 'NBIRTH' || incoming.topic.type === 'DBIRTH';
  if (session.provesDelivery || !named) return 0;
  if (birth && metric.value === null && metric.unusable === undefined) return 0;
  return ++session.ownSeq;
}

function droppedByGateway(metrics: readonly Metric[]): DroppedByGateway | undefined {
  const count = (name: string): number => {
    const value = metrics.find((metric) => metric.name === name)?.value;
    return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0;
  };
  const throughSeq = count(DROPPED_THROUGH);
  return throughSeq === 0 ? undefined : { throughSeq, records: count(DROPPED_RECORDS) };
}
