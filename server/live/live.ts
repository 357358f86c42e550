// The live socket: snapshot, deltas with a sequence, values as they change, a heartbeat. A message is written once for
// all clients that get it.
import { randomBytes } from 'node:crypto';
import type { Registry } from 'prom-client';
import type { WebSocket } from 'ws';
import type { AlarmFlood } from '../contract/alarm-health.ts';
import type { Alarm } from '../contract/alarms.ts';
import type { Command } from '../contract/commands.ts';
import type { EquipmentSummary, Gateway } from '../contract/equipment.ts';
import { HEARTBEAT_S, type LiveMessage, type LiveRequest, type LiveValue } from '../contract/live.ts';
import type { WorkOrder } from '../contract/work-orders.ts';
import type { Caller } from '../platform/http/route.ts';
import type { Logger } from '../platform/log.ts';
import { createLiveClient, type LiveClient } from './client.ts';
import { type Changes, createChangeSet } from './core/change-set.ts';
import { createDeltaRing } from './core/delta-ring.ts';
import { planResume } from './core/resume.ts';
import { createWatchGroups } from './core/watch-groups.ts';
import { createLiveMetrics } from './metrics.ts';

/** Where the present state comes from; all answers come from memory. */
export interface LiveSources {
  gateways(): readonly Gateway[];
  equipment(): readonly EquipmentSummary[];
  /** Open occurrences. */
  alarms(): readonly Alarm[];
  /** Open orders. */
  workOrders(): readonly WorkOrder[];
  /** That last. */
  floods(): readonly AlarmFlood[];
  values(equipmentIds: readonly string[] | '*', points: 'faceplate' | 'all'): readonly LiveValue[];
  /** Of the newest committed reading, Unix ms. */
  newestReadingMs(): number | null;
}

interface Things {
  gateways: Gateway;
  equipment: EquipmentSummary;
  alarms: Alarm;
  workOrders: WorkOrder;
  floods: AlarmFlood;
  commands: Command;
}
export type LiveChanges = Changes<Things>;

export interface LiveOptions {
  readonly sources: LiveSources;
  /** Belongs to the overview's tiles. */
  readonly isFaceplate: (equipmentId: string, point: string) => boolean;
  /** Unix ms. */
  readonly now: () => number;
  readonly log: Logger;
  readonly metrics?: Registry;
  /** For tests; default as the contract says. */
  readonly heartbeatMs?: number;
}

export interface Live {
  /** Named by clients that resume; another one after every start. */
  readonly instance: string;
  /** Full objects, after commit. A closed alarm comes a last time with state NORM. */
  changed(changes: LiveChanges): void;
  /** Present values that changed, in order. */
  values(values: readonly LiveValue[]): void;
  /** @param resume `INSTANCE.SEQ` of the query. */
  attach(socket: WebSocket, caller: Caller, resume: string | null): void;
  /** Closes the sockets of a session with 4401. */
  endSession(sessionId: string): void;
  sessionsInUse(): readonly string[];
  stop(): void;
}

const RING_DELTAS = 2000;
const RING_CHARS = 16_000_000;
/** Changes that come together go out together. */
const COALESCE_MS = 20;
const VALUES_EVERY_MS = 50;
/** Many screens reconnect at once after a restart; they share one snapshot. */
const SNAPSHOT_SHARED_MS = 250;

export function createLive(options: LiveOptions): Live {
  const { sources, now, log } = options;
  const instance = randomBytes(8).toString('hex');
  const clients = new Set<LiveClient>();
  const ring = createDeltaRing(RING_DELTAS, RING_CHARS);
  const pending = createChangeSet<Things>();
  const groups = createWatchGroups<LiveValue, LiveClient>(options.isFaceplate);
  const metrics = createLiveMetrics(options.metrics, () => clients.size);
  const lagging = new Set<LiveClient>();
  let deltaTimer: NodeJS.Timeout | null = null;
  let valuesTimer: NodeJS.Timeout | null = null;
  let valuesSentAt = Number.NEGATIVE_INFINITY;
  let valuesCameAt = performance.now();
  let shared: { seq: number; atMs: number; message: Buffer } | null = null;

  const write = (message: LiveMessage): Buffer => Buffer.from(JSON.stringify(message));

  function flushChanges(): void {
    if (deltaTimer !== null) clearTimeout(deltaTimer);
    deltaTimer = null;
    const changes = pending.take();
    if (changes === null) return;
    shared = null;
    const seq = ring.seq + 1;
    const text = JSON.stringify({ type: 'delta', seq, ...changes });
    ring.push(seq, text);
    const message = Buffer.from(text);
    for (const client of [...clients]) client.send(message);
    metrics.sent('delta', clients.size);
  }

  function flushValues(): void {
    if (valuesTimer !== null) clearTimeout(valuesTimer);
    valuesTimer = null;
    valuesSentAt = performance.now();
    for (const { group, values } of groups.take()) {
      const message = write({ type: 'values', values: [...values] });
      for (const client of [...group.clients]) {
        if (client.isLagging()) lagging.add(client);
        else client.send(message);
      }
      metrics.sent('values', group.clients.size);
    }
    for (const client of [...lagging]) {
      if (!client.hasCaughtUp()) continue;
      lagging.delete(client);
      sendPresent(client);
    }
    if (lagging.size > 0) scheduleValues();
  }

  /** At once after a pause, then at most every 50 ms. */
  function scheduleValues(): void {
    if (valuesTimer !== null) return;
    const waitMs = Math.max(0, valuesSentAt + VALUES_EVERY_MS - performance.now());
    valuesTimer = setTimeout(flushValues, waitMs);
  }

  function sendPresent(client: LiveClient): void {
    const group = groups.groupOf(client);
    if (group === undefined) return;
    const values = sources.values(group.everything ? '*' : group.equipment, group.points);
    client.send(write({ type: 'values', values: [...values] }), true);
  }

  function watch(client: LiveClient, request: LiveRequest): void {
    // What is pending is older than the present values the newcomer is about to get.
    flushValues();
    groups.join(client, request);
    sendPresent(client);
  }

  function snapshot(): Buffer {
    if (
      shared !== null &&
      shared.seq === ring.seq &&
      now() - shared.atMs < SNAPSHOT_SHARED_MS &&
      now() >= shared.atMs
    ) {
      return shared.message;
    }
    const message = write({
      type: 'snapshot',
      seq: ring.seq,
      gateways: [...sources.gateways()],
      equipment: [...sources.equipment()],
      alarms: [...sources.alarms()],
      workOrders: [...sources.workOrders()],
      floods: [...sources.floods()],
    });
    shared = { seq: ring.seq, atMs: now(), message };
    return message;
  }

  function heartbeatMessage(): Buffer {
    const newestMs = sources.newestReadingMs();
    // A reading from a clock that is ahead must not look fresh for as long: nothing is newer than its arrival.
    const dataAgeMs =
      newestMs === null ? null : Math.round(Math.max(now() - newestMs, performance.now() - valuesCameAt, 0));
    return write({ type: 'heartbeat', seq: ring.seq, serverTimeMs: now(), dataAgeMs });
  }

  const heartbeat = setInterval(
    () => {
      const message = heartbeatMessage();
      for (const client of [...clients]) if (client.ping()) client.send(message);
    },
    options.heartbeatMs ?? HEARTBEAT_S * 1000,
  );

  function attach(socket: WebSocket, caller: Caller, resume: string | null): void {
    const client = createLiveClient(socket, caller, {
      onRequest: (request) => watch(client, request),
      onGone(reason) {
        clients.delete(client);
        lagging.delete(client);
        groups.leave(client);
        if (reason === 'left' || reason === 'stopping') return;
        metrics.dropped(reason);
        log.info({ username: caller.username, reason }, 'live socket closed by the server');
      },
    });
    // Everything decided so far is in the snapshot, or in the deltas it replaces.
    flushChanges();
    clients.add(client);
    client.send(write({ type: 'hello', instance, serverTimeMs: now() }));
    const plan = planResume(resume, instance, ring);
    if (plan.kind === 'snapshot') client.send(snapshot(), true);
    else for (const text of plan.texts) client.send(Buffer.from(text));
    // A client that resumed with nothing missed learns at once that it is up to date.
    client.send(heartbeatMessage());
  }

  return {
    instance,
    attach,
    changed(changes) {
      pending.add(changes);
      deltaTimer ??= setTimeout(flushChanges, COALESCE_MS);
    },
    values(values) {
      valuesCameAt = performance.now();
      if (groups.add(values)) scheduleValues();
    },
    endSession(sessionId) {
      for (const client of [...clients]) if (client.caller.sessionId === sessionId) client.close('sessionEnded');
    },
    sessionsInUse: () => [...new Set([...clients].map((client) => client.caller.sessionId))],
    stop() {
      flushChanges();
      clearInterval(heartbeat);
      if (valuesTimer !== null) clearTimeout(valuesTimer);
      for (const client of [...clients]) client.close('stopping');
    },
  };
}
