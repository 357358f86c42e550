// The gateway's side of the delivery contract: keeps one connection to the broker, gives birth while the primary host is
// online, sends what the outbox has, and trims it by the server's commit watermark and by nothing else.
import type { OutboxRecord } from '../outbox/record.ts';
import { type Connection, openConnection, withoutSecret } from './connection.ts';
import { reconnectDelayMs, STABLE_AFTER_MS } from './core/backoff.ts';
import { adoptHostState, type HostState, parseHostState } from './core/host-state.ts';
import { inFlight, LANE_LIMITS } from './core/lanes.ts';
import { nodeDeath } from './core/messages.ts';
import { judgeWatermark, parseWatermark } from './core/watermark.ts';
import { createCounters } from './counters.ts';
import { ownTopics, subscriptionsOf } from './own-topics.ts';
import { createPlainDelivery } from './plain-delivery.ts';
import type { Uplink, UplinkLimits, UplinkOptions } from './port.ts';
import { type Session, startSession, type UplinkDevice } from './session.ts';
import { decodeCommands } from './sparkplug/command.ts';
import { decodePayload } from './sparkplug/decode.ts';
import { REBIRTH } from './sparkplug/names.ts';
import { encodePayload } from './sparkplug/payload.ts';
import { ANSWER, CONFIGURATION, type ConfigurationState, REQUEST } from './sparkplug/request.ts';
import { parseSparkplugTopic } from './sparkplug/topics.ts';

const LIMITS: UplinkLimits = { foreignAfterMs: 60_000, rebirthMinMs: 2_000, replaceAfterMs: 60_000 };
const STOP_MS = 1_000;
const BD_SEQUENCES = 256;
const OWN_FILE = JSON.stringify({ version: 0, rolledBack: null, trial: false } satisfies ConfigurationState);

export function createUplink(options: UplinkOptions): Uplink {
  const { group, node, hostId, outbox, log } = options;
  const now = options.now ?? Date.now;
  const random = options.random ?? Math.random;
  const limits = { ...LANE_LIMITS, ...LIMITS, ...options.limits };
  const counters = createCounters();
  const devices = new Map(options.devices.map((device) => [device.id, device]));
  const newest = new Map<number, OutboxRecord>();
  for (const record of outbox.newest()) newest.set(record.alias, record);
  const offline = new Set<string>();
  const topics = ownTopics(group, node, hostId);

  let configuration = options.configuration ?? OWN_FILE;
  let running = false;
  let connection: Connection | undefined;
  let ready = false;
  let readyAtMs = 0;
  /** Something was committed over the present connection. */
  let progressed = false;
  let bdSeq = 0;
  let host: HostState | undefined;
  let session: Session | undefined;
  let failures = 0;
  let lastReason = '';
  let replaceAfterMs = limits.replaceAfterMs;
  let proven = options.delivery === 'watermark' || outbox.memory.get('watermarks') === 1;
  const plain = createPlainDelivery(options.delivery === 'plain', limits.foreignAfterMs, now);
  let reconnectTimer: NodeJS.Timeout | undefined;
  let wakeTimer: NodeJS.Timeout | undefined;
  let rebirthTimer: NodeJS.Timeout | undefined;

  outbox.onCommitted((records) => {
    for (const record of records) newest.set(record.alias, record);
    pump(true);
  });

  function connect(): void {
    reconnectTimer = undefined;
    bdSeq = ((outbox.memory.get('bdSeq') ?? BD_SEQUENCES - 1) + 1) % BD_SEQUENCES;
    outbox.memory.set('bdSeq', bdSeq);
    ready = false;
    progressed = false;
    host = undefined;
    connection = openConnection({
      broker: options.broker,
      clientId: `louwei-${group}-${node}`,
      will: { topic: topics.death, payload: encodePayload(nodeDeath(bdSeq, now())) },
      subscriptions: subscriptionsOf(topics, options.onCommand !== undefined),
      onReady,
      onMessage,
      onClosed,
    });
  }

  function onReady(): void {
    ready = true;
    readyAtMs = now();
    counters.connects++;
    lastReason = '';
    log.info({ url: withoutSecret(options.broker.url) }, 'connected to the broker');
    followHost();
  }

  function onClosed(reason: string): void {
    const lasted = ready ? now() - readyAtMs : 0;
    endSession();
    connection = undefined;
    if (ready) counters.disconnects++;
    ready = false;
    if (!running) return;
    // A good connection starts the row anew, however short it was: a server that restarts often is still served at once.
    failures = progressed || lasted >= STABLE_AFTER_MS ? 0 : failures + 1;
    const delayMs = reconnectDelayMs(Math.max(0, failures - 1), random());
    // Once per outage for the operator; another reason later is only for whoever reads the file.
    if (failures <= 1 || reason !== lastReason)
      log[failures <= 1 ? 'warn' : 'info'](
        { reason, url: withoutSecret(options.broker.url), delayMs },
        'no connection to the broker',
      );
    lastReason = reason;
    reconnectTimer = setTimeout(connect, delayMs);
  }

  function endSession(): void {
    session = undefined;
    plain.session(false);
    clearTimeout(wakeTimer);
    clearTimeout(rebirthTimer);
    wakeTimer = undefined;
    rebirthTimer = undefined;
  }

  function onMessage(topic: string, payload: Buffer): void {
    if (topic === topics.watermark) onWatermark(payload);
    else if (topic === topics.command) onCommand(payload);
    else if (topic === topics.state) onHostState(payload);
    else onDeviceCommand(topic, payload);
  }

  function onDeviceCommand(topic: string, payload: Buffer): void {
    const { type, device } = parseSparkplugTopic(topic) ?? {};
    if (type !== 'DCMD' || device === undefined) return;
    try {
      for (const command of decodeCommands(payload)) options.onCommand?.(device, command);
    } catch {
      malformed(topic);
    }
  }

  function onHostState(payload: Buffer): void {
    const heard = parseHostState(payload.toString('utf8'));
    if (heard === undefined) malformed(topics.state);
    else host = adoptHostState(host, heard);
    if (host?.provesDelivery === true) prove();
    if (ready) followHost();
  }

  /** From now on, and after every restart, only the watermark counts as delivered. */
  function prove(): void {
    if (proven || options.delivery === 'plain') return;
    proven = true;
    outbox.memory.set('watermarks', 1);
  }

  function followHost(): void {
    if (host?.online === true && session === undefined && connection !== undefined) {
      log.info({ hostId }, 'the primary host is online: births published');
      const { publish } = connection;
      const isOffline = (device: string): boolean => offline.has(device);
      const facts = { group, node, bdSeq, outbox, devices, newest, configuration: () => configuration };
      session = startSession({ ...facts, isOffline, publish, limits, counters, now }, outbox.firstSeq - 1);
      plain.session(true);
      options.onOnline?.();
      pump();
    } else if (host?.online === false && session !== undefined && connection !== undefined) {
      // Sparkplug B 3.0: the edge node says its death and starts over; data stays in the outbox meanwhile (F22).
      log.warn({ hostId }, 'the primary host is offline: data is stored');
      leave('the primary host is offline');
    }
  }

  function leave(reason: string): void {
    const leaving = connection;
    leaving?.publish(topics.death, encodePayload(nodeDeath(bdSeq, now())));
    void leaving?.close(STOP_MS);
    onClosed(reason);
  }

  function onCommand(payload: Buffer): void {
    try {
      const { metrics } = decodePayload(payload);
      if (metrics.some(({ name, value }) => name === REBIRTH && value === true)) requestRebirth();
      for (const { name, value } of metrics) if (name === REQUEST) options.onRequest?.(String(value));
    } catch {
      malformed(topics.command);
    }
  }

  function requestRebirth(): void {
    counters.rebirthRequests++;
    if (session === undefined || rebirthTimer !== undefined) return;
    const wait = Math.max(0, session.bornAtMs + limits.rebirthMinMs - now());
    rebirthTimer = setTimeout(() => {
      rebirthTimer = undefined;
      session?.rebirth();
      pump();
    }, wait);
  }

  function onWatermark(payload: Buffer): void {
    const watermark = parseWatermark(payload.toString('utf8'));
    if (watermark === undefined) {
      malformed(topics.watermark);
      return;
    }
    counters.watermarks++;
    prove();
    const verdict = judgeWatermark(watermark, outbox);
    if (verdict.kind === 'acknowledged') {
      if (verdict.seq >= outbox.firstSeq) {
        replaceAfterMs = limits.replaceAfterMs;
        progressed = true;
      }
      delivered(verdict.seq);
      pump();
    } else if (verdict.kind === 'ahead') {
      log.warn(
        { watermark, epoch: outbox.epoch },
        'the server knows a later stream of this gateway: a new epoch begins',
      );
      outbox.adoptEpoch(verdict.adoptEpoch);
      counters.epochChanges++;
      session?.rebirth();
      pump();
    }
  }

  function delivered(seq: number): void {
    session?.acknowledged(seq);
    outbox.trimTo(seq);
  }

  function pump(committed = false): void {
    if (session === undefined) return;
    if (session.epoch !== outbox.epoch) session.rebirth();
    if (plain.applies(proven)) {
      const settled = plain.settled(session.publishedThrough());
      if (settled !== undefined) delivered(settled);
    } else if (proven && inFlight(session.lanes) > 0 && now() - session.lanes.progressAtMs >= replaceAfterMs) {
      replaceAfterMs = Math.min(replaceAfterMs * 2, limits.replaceAfterMs * 10);
      connection?.destroy('the server commits nothing although data is on its way');
      return;
    }
    const wakeAtMs = committed ? session.committed() : session.pump();
    clearTimeout(wakeTimer);
    wakeTimer =
      wakeAtMs === undefined ? undefined : setTimeout(() => pump(), Math.max(5, Math.min(wakeAtMs - now(), 1_000)));
  }

  function malformed(topic: string): void {
    if (counters.malformed++ === 0) log.warn({ topic }, 'a message could not be read and was ignored');
  }

  return {
    start() {
      running = true;
      connect();
    },
    async stop() {
      running = false;
      clearTimeout(reconnectTimer);
      const leaving = connection;
      const wasBorn = session !== undefined;
      endSession();
      connection = undefined;
      if (wasBorn) leaving?.publish(topics.death, encodePayload(nodeDeath(bdSeq, now())));
      await leaving?.close(STOP_MS);
    },
    deviceState(device, online) {
      if (online === !offline.has(device)) return;
      if (online) offline.delete(device);
      else offline.add(device);
      session?.deviceChanged(device);
    },
    update(next, fresh) {
      const before = textOf(devices.values());
      const removed = [...devices.keys()].filter((id) => !next.some((device) => device.id === id));
      devices.clear();
      for (const device of next) devices.set(device.id, device);
      for (const id of [...removed, ...fresh]) offline.delete(id);
      if (textOf(devices.values()) === before) return;
      session?.devicesExchanged(removed);
      pump();
    },
    answer(text) {
      session?.say(ANSWER, text);
    },
    configuration(text) {
      if (text === configuration) return;
      configuration = text;
      session?.say(CONFIGURATION, text);
    },
    stats: () => ({
      ...counters,
      state: !running ? 'stopped' : session !== undefined ? 'online' : ready ? 'waiting-for-host' : 'connecting',
      inFlight: session === undefined ? 0 : inFlight(session.lanes),
      backlog: outbox.lastSeq - outbox.firstSeq + 1,
      acknowledgedSeq: outbox.firstSeq - 1,
      deliveryProven: proven,
    }),
  };
}

const textOf = (devices: Iterable<UplinkDevice>): string => JSON.stringify([...devices]);
