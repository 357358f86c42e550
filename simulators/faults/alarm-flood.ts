// F36: many machines pass their limit and return again and again within seconds, and the server is killed in the middle.
// Every passage has to be in the journal once and in order, on one occurrence and one order per machine.
import { setTimeout as delay } from 'node:timers/promises';
import type { Finding } from './core/finding.ts';
import { createCrashSite } from './crash-site.ts';
import type { Dice } from './dice.ts';

export interface FloodResult {
  readonly machines: number;
  /** Raises and returns that were sent. */
  readonly passages: number;
  readonly journalledRaises: number;
  readonly journalledReturns: number;
  readonly alarms: number;
  readonly orders: number;
  readonly restartMs: number;
  readonly findings: readonly Finding[];
}

/** @param turns raises and returns of each machine, evenly over the seconds */
export async function runAlarmFlood(
  size: { readonly machines: number; readonly turns: number; readonly seconds: number },
  dice: Dice,
): Promise<FloodResult> {
  const { machines, turns, seconds } = size;
  const site = await createCrashSite(machines);
  const { node, database } = site;
  try {
    await node.connect();
    for (let machine = 0; machine < machines; machine++) node.log(machine, { comm: 1, p0: 20, p1: 0 });
    await node.settled(30_000);
    const killAt = dice.between(1, turns - 1);
    let back: Promise<number> | undefined;
    for (let turn = 1; turn <= turns; turn++) {
      for (let machine = 0; machine < machines; machine++)
        node.log(machine, { p0: turn % 2 === 1 ? 80 : 20, p1: turn });
      await delay((seconds * 1000) / turns);
      if (turn === killAt) {
        await site.kill();
        back = site.restart();
      }
    }
    const restartMs = Math.round((await back) ?? 0);
    await node.connect();
    await node.settled(60_000);
    const count = async (sql: string) => Number((await database.query(`SELECT count(*) AS n FROM ${sql}`)).rows[0]?.n);
    return {
      machines,
      passages: machines * turns,
      journalledRaises: await count(`alarm_journal WHERE event IN ('ACTIVE', 'RE-ACTIVE')`),
      journalledReturns: await count(`alarm_journal WHERE event = 'RTN'`),
      alarms: await count('alarm'),
      orders: await count('work_order'),
      restartMs,
      findings: await site.judge(true),
    };
  } finally {
    node.disconnect();
    await site.stop();
  }
}
