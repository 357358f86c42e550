// One edge node of a broker: its messages in, what they mean to its devices out, and requests to be born again.
import { decodePayload } from '../../uplink/sparkplug/decode.ts';
import type { Payload } from '../../uplink/sparkplug/payload.ts';
import { type SparkplugTopic, sparkplugTopic } from '../../uplink/sparkplug/topics.ts';
import type { BrokerLink } from '../broker-link.ts';
import { type DriverHost, TOO_LATE, type WriteOutcome } from '../port.ts';
import { commandPayload, rebirthPayload } from './command-payload.ts';
import { commandMetric } from './core/command.ts';
import {
  createSession,
  type DropReason,
  forget,
  onMessage,
  onReached,
  onTick,
  type SessionEffect,
} from './core/session.ts';
import type { SparkplugDevice } from './device.ts';

/** Larger payloads are refused unread; a birth of 50,000 metrics is smaller. */
const MAX_PAYLOAD_BYTES = 4_194_304;

export interface EdgeNode {
  message(topic: SparkplugTopic, payload: Uint8Array, retained: boolean): void;
  reached(): void;
  lost(reason: string): void;
  /** Call about once a second. @param silentMs age of the broker's last word. */
  tick(silentMs: number): void;
  write(device: SparkplugDevice, point: string, value: number, mayStart: () => boolean): WriteOutcome;
}

export interface EdgeNodeOptions {
  readonly group: string;
  readonly node: string;
  readonly devices: readonly SparkplugDevice[];
  readonly send: BrokerLink['send'];
  readonly host: DriverHost;
  readonly monotonicNow: () => number;
}

type Refusal = DropReason | 'malformed' | 'retained';

export function createEdgeNode({ group, node, devices, send, host, monotonicNow }: EdgeNodeOptions): EdgeNode {
  const byName = Map.groupBy(devices, ({ config }) => config.connection.device ?? '');
  const session = createSession(new Set(byName.keys()));
  const where = `${group}/${node}`;
  const refused = new Map<Refusal, number>();
  let asked = 0;

  /** Each reason is told once, then counted until the next birth. */
  function refuse(why: Refusal, count: number, detail?: string): void {
    const before = refused.get(why) ?? 0;
    refused.set(why, before + count);
    if (before === 0 && count > 0) host.log.warn({ edgeNode: where, why, detail }, 'Sparkplug messages not taken');
  }

  function tellBirth(): void {
    const notTaken = Object.fromEntries(refused);
    if (refused.size > 0 || asked > 0) host.log.info({ edgeNode: where, asked, notTaken }, 'edge node is born');
    refused.clear();
    asked = 0;
  }

  function askForBirth(reason: string): void {
    // A node that is switched off for weeks is asked for weeks.
    if (asked++ === 0) host.log.info({ edgeNode: where, reason }, 'edge node is asked for its birth');
    send(sparkplugTopic({ group, type: 'NCMD', node }), rebirthPayload(host.now()));
  }

  function act(effect: SessionEffect): void {
    switch (effect.kind) {
      case 'birth':
        if (effect.device === '') {
          tellBirth();
          for (const device of devices) if (device.config.connection.device !== undefined) device.awaited();
        }
        for (const device of byName.get(effect.device) ?? []) device.born(effect.metrics);
        return;
      case 'data':
        for (const device of byName.get(effect.device) ?? []) device.data(effect.metrics);
        return;
      case 'death': {
        const isNode = effect.device === '';
        const reason = isNode
          ? `death certificate of edge node ${where}`
          : `death certificate of ${where}/${effect.device}`;
        for (const device of isNode ? devices : (byName.get(effect.device) ?? [])) device.gone(reason);
        return;
      }
      case 'unsure':
        for (const device of devices) device.awaited();
        return;
      case 'rebirth':
        askForBirth(effect.reason);
        return;
      case 'dropped':
        refuse(effect.why, effect.metrics);
    }
  }

  function decoded(payload: Uint8Array): Payload | undefined {
    if (payload.length > MAX_PAYLOAD_BYTES) {
      refuse('malformed', 1, `payload of ${payload.length} bytes`);
      return undefined;
    }
    try {
      return decodePayload(payload);
    } catch (error) {
      refuse('malformed', 1, error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  return {
    message({ type, device = '' }, bytes, retained) {
      // Sparkplug retains nothing (tck-id-payloads-*-retain): this is of another time.
      if (retained) return refuse('retained', 1);
      const payload = decoded(bytes);
      if (payload === undefined) return;
      const arrived = { type, device, seq: payload.seq, metrics: payload.metrics };
      for (const effect of onMessage(session, arrived, monotonicNow())) act(effect);
    },
    reached() {
      onReached(session, monotonicNow());
      for (const device of devices) device.awaited();
    },
    lost(reason) {
      forget(session);
      for (const device of devices) device.gone(reason);
    },
    tick(silentMs) {
      for (const effect of onTick(session, monotonicNow())) act(effect);
      for (const device of devices) device.tick(silentMs);
    },
    write({ config }, point, value, mayStart) {
      const { device } = config.connection;
      const metric = commandMetric(config.model, session.declared.get(device ?? ''), point, value);
      if (typeof metric === 'string') return { kind: 'not-sent', reason: metric };
      if (!mayStart()) return TOO_LATE;
      const topic = sparkplugTopic(
        device === undefined ? { group, type: 'NCMD', node } : { group, type: 'DCMD', node, device },
      );
      // Commands go with QoS 0 (tck-id-payloads-ncmd-qos, dcmd-qos): nobody says that one has arrived, only its effect does.
      return send(topic, commandPayload(metric, host.now()))
        ? { kind: 'unanswered', reason: 'Sparkplug does not acknowledge commands' }
        : { kind: 'not-sent', reason: 'no connection to the field broker' };
    },
  };
}
