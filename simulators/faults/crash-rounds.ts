// F05, F36, F37, F38: the server is killed (or frozen) at a known step of a transition, again and again, and after each
// time the stored history is judged: once while it is dead, once after it came back.
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../e2e/product.ts';
import type { Finding } from './core/finding.ts';
import { type CrashSite, createCrashSite } from './crash-site.ts';
import type { Dice } from './dice.ts';

/** Tables one raise writes, in the order of the transaction: a lock on each holds the server between two steps. */
const STEPS = ['sample', 'alarm', 'alarm_journal', 'work_order', 'work_order_journal', 'work_order_alarm', 'gateway'];

/** Where a round ends: `before T` is the step that writes table T; `frozen` stops the process and lets it go on. */
export type CrashPoint = `before ${string}` | 'after commit' | 'acknowledge' | 'accept order' | 'frozen' | 'any';

export const CRASH_POINTS: readonly CrashPoint[] = [
  ...STEPS.map((table): CrashPoint => `before ${table}`),
  'after commit',
  'acknowledge',
  'accept order',
  'frozen',
];

export interface CrashResult {
  readonly rounds: number;
  readonly findings: readonly Finding[];
  readonly readings: number;
  readonly alarms: number;
  readonly orders: number;
  readonly slowestRestartMs: number;
}

/** One round per point: a machine that was quiet so far raises its first alarm while others flap. */
export async function runCrashRounds(points: readonly CrashPoint[], dice: Dice): Promise<CrashResult> {
  const site = await createCrashSite(points.length);
  const findings: Finding[] = [];
  let slowestRestartMs = 0;
  let count = 0;
  const note = (where: string, found: readonly Finding[]) =>
    findings.push(...found.map(({ kind, detail }) => ({ kind, detail: `${where}: ${detail}` })));
  const value = (machine: number, p0: number) => site.node.log(machine, { p0, p1: ++count });
  try {
    await site.node.connect();
    for (let machine = 0; machine < points.length; machine++) site.node.log(machine, { comm: 1, p0: 20, p1: ++count });
    await site.node.settled(20_000);
    for (const [round, point] of points.entries()) {
      const where = `round ${round + 1} (${point})`;
      const act = (): void => {
        for (let flap = 0; flap < 6; flap++)
          value(dice.between(0, Math.max(0, round - 1)), dice.fraction() < 0.5 ? 20 : 80);
        value(round, 90);
      };
      const survived = await strike(site, point, act, dice);
      if (!survived) {
        note(`${where}, dead`, await site.judge(false));
        slowestRestartMs = Math.max(slowestRestartMs, await site.restart());
      }
      await site.node.connect();
      await site.node.settled(20_000);
      note(`${where}, back`, await site.judge(true));
      if (findings.length > 0) break;
    }
    const total = async (table: string) =>
      Number((await site.database.query(`SELECT count(*) AS n FROM ${table}`)).rows[0]?.n);
    const [readings, alarms, orders] = [await total('sample'), await total('alarm'), await total('work_order')];
    return {
      rounds: points.length,
      findings,
      readings,
      alarms,
      orders,
      slowestRestartMs: Math.round(slowestRestartMs),
    };
  } finally {
    site.node.disconnect();
    await site.stop();
  }
}

/** @returns whether the server still lives. */
async function strike(site: CrashSite, point: CrashPoint, act: () => void, dice: Dice): Promise<boolean> {
  if (point === 'acknowledge' || point === 'accept order') {
    act();
    await site.node.settled(20_000);
    const [list, table, step] =
      point === 'acknowledge'
        ? (['alarms', 'alarm_journal', 'acknowledge'] as const)
        : (['work-orders', 'work_order_journal', 'accept'] as const);
    const { items } = await site.client.get<{ items: { id: string; state: string }[] }>(`/api/v1/${list}`);
    const target = items.find(({ state }) => state === 'UNACK' || state === 'NEW');
    if (target === undefined) throw new Error(`${point}: nothing to act on among ${items.length}`);
    const ask = () => void site.client.send('POST', `/api/v1/${list}/${target.id}/${step}`, {}).catch(() => undefined);
    await held(site, table, ask, () => site.kill());
    return false;
  }
  if (point === 'frozen') {
    await held(site, 'alarm_journal', act, () => void process.kill(site.pid(), 'SIGSTOP'));
    // Its transaction goes on in the database or not; the gateway believes the server dead and comes again.
    site.node.disconnect();
    await delay(dice.between(200, 1_000));
    process.kill(site.pid(), 'SIGCONT');
    return true;
  }
  if (point === 'after commit') {
    const mark = async () =>
      Number((await site.database.query('SELECT max(watermark_seq) AS seq FROM gateway')).rows[0]?.seq);
    const before = await mark();
    act();
    await until('the commit is in the database', 10_000, async () => (await mark()) > before, 0);
    await site.kill();
    return false;
  }
  if (point === 'any') {
    act();
    await delay(dice.between(0, 80));
    await site.kill();
    return false;
  }
  await held(site, point.slice('before '.length), act, () => site.kill());
  return false;
}

/** Holds the table until the server waits for it, strikes then, and lets the table go. */
async function held(site: CrashSite, table: string, act: () => void, blow: () => Promise<void> | void): Promise<void> {
  const { database } = site;
  await database.query('BEGIN');
  try {
    await database.query(`LOCK TABLE ${table} IN EXCLUSIVE MODE`);
    act();
    await until(
      `the server waits for the table ${table}`,
      20_000,
      async () => (await database.query('SELECT 1 FROM pg_locks WHERE NOT granted')).rowCount !== 0,
      5,
    );
    await blow();
  } finally {
    await database.query('ROLLBACK');
  }
}
