// Limits that are crossed on purpose: who sends them notes every edge, and afterwards the journal and a live socket are
// asked what they saw.
import pg from 'pg';
import type { Live } from '../e2e/client.ts';
import { embeddedDatabaseUrl, until } from '../e2e/product.ts';
import { deviceValues, PROMPT_ALARMS, promptAlarm } from './alarm-class.ts';
import { DEVICES, onTime } from './alarm-load.ts';
import { type Edge, type JournalLine, judgeJournal, type Shown, screenDelays } from './alarm-order.ts';
import { deviceName, type EdgeNode } from './edge-node.ts';
import { type Figures, percentile, round } from './report.ts';

const FRAMES_DEADLINE_MS = 30_000;

const BURST_ALARMS = 5_000;
/** Of one device in one message. */
const TOGETHER = 5;
const BURST_S = 10;
/** From raising an alarm to clearing it. */
const HOLD_S = 2;

/** 5,000 alarms are raised and cleared within 10 s, which makes 10,000 edges. */
export async function burst(node: EdgeNode): Promise<Edge[]> {
  const edges: Edge[] = [];
  const groups = BURST_ALARMS / TOGETHER;
  const everyMs = ((BURST_S - HOLD_S) * 1000) / groups;
  const behind = Math.round((HOLD_S * 1000) / everyMs);
  const send = (group: number, on: boolean): void => {
    const device = group % DEVICES;
    const first = TOGETHER * Math.floor(group / DEVICES);
    const points = Array.from({ length: TOGETHER }, (_, index) => first + index);
    const values = deviceValues(device, group, new Set(on ? points : [])).slice(first, first + TOGETHER);
    const sentAtMs = Date.now();
    node.publish(device, values, sentAtMs, first);
    for (const point of points)
      edges.push({ equipmentId: deviceName(device), alarm: promptAlarm(point), on, sentAtMs });
  };
  await onTime(groups + behind, everyMs, (index) => {
    if (index < groups) send(index, true);
    if (index >= behind) send(index - behind, false);
  });
  await node.committed(node.sentSeq, FRAMES_DEADLINE_MS);
  return edges;
}

const SCAN_S = 20;

/** 10,000 points read each second, 1 % of them cross their limit: half of the devices raise or clear one alarm each time. */
export async function scan(node: EdgeNode): Promise<Edge[]> {
  const edges: Edge[] = [];
  await onTime(SCAN_S * DEVICES, 1000 / DEVICES, (index) => {
    const device = index % DEVICES;
    const second = Math.floor(index / DEVICES);
    // Each device has its turn every 2 s: it raises an alarm, clears it the next time, and goes on to its next alarm.
    const turn = Math.floor((second - (device % 2)) / 2);
    const point = Math.floor(turn / 2) % PROMPT_ALARMS;
    const on = turn >= 0 && turn % 2 === 0;
    const sentAtMs = Date.now();
    node.publish(device, deviceValues(device, second, new Set(on ? [point] : [])), sentAtMs);
    if (turn >= 0 && (second - device) % 2 === 0)
      edges.push({ equipmentId: deviceName(device), alarm: promptAlarm(point), on, sentAtMs });
  });
  await node.committed(node.sentSeq, FRAMES_DEADLINE_MS);
  return edges;
}

export async function lastJournalSeq(dataDir: string): Promise<number> {
  const [row] = await query<{ seq: string }>(dataDir, 'SELECT coalesce(max(seq), 0) AS seq FROM alarm_journal');
  return Number(row?.seq);
}

/** @throws Error with the first faults when the journal is not what was sent. */
export async function requireJournal(dataDir: string, afterSeq: number, edges: readonly Edge[]): Promise<number> {
  const lines = await query<JournalLine>(
    dataDir,
    `SELECT event, equipment_id AS "equipmentId", alarm, xmin::text::int8::float8 AS transaction FROM alarm_journal
     WHERE seq > $1 AND alarm LIKE 'high-%' ORDER BY seq`,
    [afterSeq],
  );
  const faults = judgeJournal(edges, lines);
  if (faults.length > 0)
    throw new Error(`the journal is not what was sent, ${faults.length} faults:\n${faults.slice(0, 20).join('\n')}`);
  return lines.length;
}

/** Waits until the socket has shown every edge. @throws Error when it does not. */
export async function screenFigures(
  live: Live,
  edges: readonly Edge[],
): Promise<Figures & { p50Ms: number; p99Ms: number }> {
  const delays = await until('the live socket shows every change', FRAMES_DEADLINE_MS, () => {
    const seen = screenDelays(edges, framesOf(live));
    return seen.length === edges.length && seen;
  });
  return {
    edges: edges.length,
    p50Ms: round(percentile(delays, 0.5)),
    p99Ms: round(percentile(delays, 0.99)),
    worstMs: round(Math.max(...delays)),
  };
}

type LiveAlarm = { readonly equipmentId: string; readonly alarm: string; readonly active: boolean };

const framesOf = (live: Live): Shown[] =>
  live.messages.flatMap(({ atMs, message }) =>
    message.type !== 'delta'
      ? []
      : ((message['alarms'] ?? []) as LiveAlarm[]).map(({ equipmentId, alarm, active }) => ({
          equipmentId,
          alarm,
          active,
          atMs,
        })),
  );

async function query<T>(dataDir: string, text: string, values: unknown[] = []): Promise<T[]> {
  const database = new pg.Client({ connectionString: embeddedDatabaseUrl(dataDir) });
  await database.connect();
  try {
    return (await database.query(text, values)).rows as T[];
  } finally {
    await database.end();
  }
}
