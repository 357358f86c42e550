// The Sparkplug session on one connection, from NBIRTH on: births, data of both lanes, device deaths, one row of
// sequence numbers 0-255.
import type { Outbox } from '../outbox/port.ts';
import type { OutboxPoint, OutboxRecord } from '../outbox/record.ts';
import { acknowledge, type LaneLimits, type Lanes, planSends, rewind, startLanes } from './core/lanes.ts';
import {
  type DevicePayload,
  dataMessages,
  deviceBirth,
  droppedNotice,
  type NodeText,
  nodeBirth,
  nodeText,
} from './core/messages.ts';
import type { Counters } from './counters.ts';
import { encodePayload, type Payload } from './sparkplug/payload.ts';
import { type SparkplugType, sparkplugTopic } from './sparkplug/topics.ts';

/** Id of the gateway itself among its devices: its points are born and sent as the node's (NBIRTH, NDATA). */
export const NODE_DEVICE = '';

/** A device as its birth shows it. */
export interface UplinkDevice {
  readonly id: string;
  /** `Properties/...` strings (names.ts, PROPERTY). */
  readonly properties: Readonly<Record<string, string>>;
  readonly points: readonly OutboxPoint[];
}

export interface SessionOptions {
  readonly group: string;
  readonly node: string;
  readonly bdSeq: number;
  readonly outbox: Outbox;
  readonly devices: ReadonlyMap<string, UplinkDevice>;
  /** Newest committed record of each point. */
  readonly newest: ReadonlyMap<number, OutboxRecord>;
  readonly isOffline: (device: string) => boolean;
  /** Text of the metric CONFIGURATION. */
  readonly configuration: () => string;
  readonly publish: (topic: string, payload: Buffer) => void;
  readonly limits: LaneLimits;
  readonly counters: Counters;
  readonly now: () => number;
}

export interface Session {
  /** Births again, and everything in flight with them: whoever asks has missed something. */
  rebirth(): void;
  /** Sends what the lanes allow. @returns when to call again at the latest, Unix ms. */
  pump(): number | undefined;
  /** New records are on disk: {@link pump}, with the births and deaths of the devices they speak of. */
  committed(): number | undefined;
  acknowledged(seq: number): void;
  /** A device came or went; told on the wire after the samples that say so. */
  deviceChanged(device: string): void;
  /** `devices` have changed: deaths of those that are no more, births of all others. What is in flight stays so. */
  devicesExchanged(removed: readonly string[]): void;
  /** Said once, of this moment. */
  say(name: NodeText, text: string): void;
  /** Highest seq such that everything up to it has been handed to the connection. */
  publishedThrough(): number;
  readonly lanes: Lanes;
  readonly epoch: number;
  readonly bornAtMs: number;
}

const SEQUENCES = 256;
const READ_CHUNK = 2_000;
const DROPPED_NOTICE_MS = 1_000;

/** Publishes the births at once. */
export function startSession(options: SessionOptions, watermark: number): Session {
  const { outbox, devices, newest, counters, limits, now } = options;
  let seq = 0;
  let epoch = outbox.epoch;
  let bornAtMs = now();
  let dead = new Set<string>();
  const changed = new Set<string>();
  let droppedTold = outbox.dropped;
  let droppedToldAtMs = bornAtMs;
  let lanes = startLanes(watermark, logBounds(), limits, bornAtMs);
  births();

  function logBounds() {
    return { first: outbox.firstSeq, head: outbox.lastSeq };
  }

  function facts() {
    const { firstSeq, dropped } = outbox;
    return { bdSeq: options.bdSeq, epoch, droppedThrough: firstSeq - 1, droppedRecords: dropped };
  }

  function send(type: SparkplugType, payload: Payload, device?: string): void {
    const topic = sparkplugTopic({
      group: options.group,
      type,
      node: options.node,
      ...(device === undefined ? {} : { device }),
    });
    options.publish(topic, encodePayload({ ...payload, seq }));
    seq = (seq + 1) % SEQUENCES;
    counters.messages++;
  }

  function births(): void {
    epoch = outbox.epoch;
    bornAtMs = now();
    seq = 0;
    droppedTold = outbox.dropped;
    droppedToldAtMs = bornAtMs;
    const own = devices.get(NODE_DEVICE);
    send('NBIRTH', nodeBirth(facts(), options.configuration(), bornAtMs, own && stateOf(own, bornAtMs)));
    dead = new Set();
    changed.clear();
    for (const device of devices.values()) {
      if (device.id === NODE_DEVICE) continue;
      birthOf(device);
      // Born all the same: the records still on their way refer to the aliases of the birth.
      if (options.isOffline(device.id)) death(device.id);
    }
    counters.births++;
  }

  function stateOf({ properties, points }: UplinkDevice, nowMs: number): Payload {
    const stream = { epoch, firstSeq: outbox.firstSeqOfEpoch };
    return deviceBirth(properties, points, (alias) => newest.get(alias), stream, nowMs);
  }

  function birthOf(device: UplinkDevice): void {
    send('DBIRTH', stateOf(device, now()), device.id);
    dead.delete(device.id);
  }

  function death(device: string): void {
    send('DDEATH', { timestampMs: now(), metrics: [] }, device);
    dead.add(device);
  }

  function publishRange(from: number, to: number, lane: 'live' | 'backlog'): void {
    for (let next = from; next <= to; ) {
      const records = outbox.read(next, Math.min(READ_CHUNK, to - next + 1));
      const last = records.at(-1);
      if (last === undefined) return; // given up meanwhile, or the disk refuses: the lanes will ask again
      // What is not the newest of its point is history; the newest is news however late it comes.
      const historical = (record: OutboxRecord) =>
        lane === 'backlog' && record.seq < (newest.get(record.alias)?.seq ?? 0);
      const messages: DevicePayload[] = dataMessages(
        records,
        outbox.byAlias,
        (id) => devices.has(id),
        historical,
        epoch,
        now(),
      );
      for (const { device, payload } of messages)
        if (device === NODE_DEVICE) send('NDATA', payload);
        else send('DDATA', payload, device);
      counters.sent += records.length;
      if (lane === 'backlog') counters.backlogSent += records.length;
      next = last.seq + 1;
    }
  }

  function pump(): number | undefined {
    if (outbox.dropped !== droppedTold && now() - droppedToldAtMs >= DROPPED_NOTICE_MS) {
      droppedTold = outbox.dropped;
      droppedToldAtMs = now();
      send('NDATA', droppedNotice(facts(), droppedToldAtMs));
    }
    const plan = planSends(lanes, logBounds(), limits, now());
    counters.resends += plan.lanes.resends - lanes.resends;
    lanes = plan.lanes;
    for (const range of plan.sends) publishRange(range.from, range.to, range.lane);
    return plan.wakeAtMs;
  }

  return {
    rebirth() {
      lanes =
        epoch === outbox.epoch ? rewind(lanes, now()) : startLanes(outbox.firstSeq - 1, logBounds(), limits, now());
      births();
    },
    pump,
    committed() {
      for (const id of changed) {
        const device = devices.get(id);
        if (device !== undefined && dead.has(id) && !options.isOffline(id)) birthOf(device);
      }
      const wakeAtMs = pump();
      for (const id of changed) if (!dead.has(id) && devices.has(id) && options.isOffline(id)) death(id);
      changed.clear();
      return wakeAtMs;
    },
    acknowledged(upTo) {
      lanes = acknowledge(lanes, upTo, limits, now());
    },
    deviceChanged(device) {
      changed.add(device);
    },
    devicesExchanged(removed) {
      for (const device of removed) if (!dead.has(device)) death(device);
      births();
    },
    say: (name, text) => send('NDATA', nodeText(name, text, epoch, now())),
    publishedThrough: () => (lanes.backlogNext >= lanes.liveFrom ? lanes.liveNext : lanes.backlogNext) - 1,
    get lanes() {
      return lanes;
    },
    get epoch() {
      return epoch;
    },
    get bornAtMs() {
      return bornAtMs;
    },
  };
}
