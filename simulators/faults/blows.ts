// What is done to a running site: one function per fault. Each ends the fault it began; recovery is measured outside.
import { setTimeout as delay } from 'node:timers/promises';
import type { Dice } from './dice.ts';
import type { LinkFaults } from './fault-proxy.ts';
import type { PlantSite } from './plant-site.ts';
import type { SmallDisk } from './small-disk.ts';

export interface Struck {
  readonly site: PlantSite;
  readonly dice: Dice;
  readonly disk?: SmallDisk;
}

export type Blow = (struck: Struck) => Promise<void>;

const line =
  (leastS: number, mostS: number, faults: LinkFaults): Blow =>
  async ({ site, dice }) => {
    site.line.apply(faults);
    await delay(dice.between(leastS * 1000, mostS * 1000));
    site.line.apply({});
  };

const kill =
  (who: 'server' | 'gateway' | 'broker'): Blow =>
  ({ site }) =>
    site.restart(who);

export const BLOWS = {
  /** Every third time once more while it starts. */
  async 'server-kill'({ site, dice }) {
    await site.restart('server');
    if (dice.between(0, 3) >= 1) return;
    await delay(dice.between(0, 3_000));
    await site.restart('server');
  },
  'gateway-kill': kill('gateway'),
  'broker-kill': kill('broker'),
  /** It stands still, and what the broker keeps for it overflows. */
  async 'server-frozen'({ site, dice }) {
    const pid = site.pid('server');
    process.kill(pid, 'SIGSTOP');
    await delay(dice.between(15_000, 30_000));
    process.kill(pid, 'SIGCONT');
  },
  'half-open': line(20, 40, { up: { hold: true }, down: { hold: true } }),
  'one-way': line(10, 25, { down: { hold: true } }),
  /** 64 kbit/s and 200 to 400 ms each way; lost packets show as such delays above TCP. */
  'bad-net': line(20, 40, {
    up: { delayMs: 200, jitterMs: 200, bytesPerSecond: 8_000 },
    down: { delayMs: 200, jitterMs: 200, bytesPerSecond: 8_000 },
  }),
  corrupt: line(10, 20, { up: { corruptShare: 0.05 }, down: { corruptShare: 0.05 } }),
  async flap({ site, dice }) {
    site.line.apply({ refuse: true });
    site.line.reset();
    await delay(dice.between(1_500, 2_500));
    site.line.apply({});
    await delay(3_000);
  },
  /** An hour, a day across midnight, back before 1970 ends, and far into the future. */
  async 'clock-step'({ site, dice }) {
    const nowS = Math.floor(Date.now() / 1000);
    const HOUR_S = 3_600;
    const year = (number: number): number => Math.floor(Date.UTC(number, 5, 1) / 1000) - nowS;
    site.clock?.set(dice.oneOf([HOUR_S, -HOUR_S, 25 * HOUR_S, -25 * HOUR_S, year(1970), year(2099)]));
    await delay(dice.between(3_000, 6_000));
    site.clock?.set(dice.oneOf([0, 0, HOUR_S, -HOUR_S]));
    await delay(dice.between(2_000, 4_000));
    site.clock?.set(0);
    await delay(1_500);
  },
  /** The server is killed and starts again under a clock that is off, and its clock is set right afterwards. */
  async 'clock-step-kill'({ site, dice }) {
    const HOUR_S = 3_600;
    const DECADES_S = 40 * 365 * 24 * HOUR_S;
    site.clock?.set(dice.oneOf([HOUR_S, -HOUR_S, 25 * HOUR_S, -25 * HOUR_S, DECADES_S, -DECADES_S]));
    await delay(dice.between(0, 3_000));
    await site.restart('server');
    await delay(dice.between(3_000, 8_000));
    if (dice.between(0, 1) === 0) await site.restart('server');
    site.clock?.set(0);
    await delay(1_500);
  },
  async 'disk-full'({ site, dice, disk }) {
    if (disk === undefined) return;
    // Without the server nothing leaves the log, so that it has to give up its oldest records.
    site.line.apply({ refuse: true });
    site.line.reset();
    disk.fill();
    await delay(dice.between(15_000, 25_000));
    site.line.apply({});
    await delay(5_000);
    disk.makeRoom();
  },
} satisfies Record<string, Blow>;

export type BlowName = keyof typeof BLOWS;
