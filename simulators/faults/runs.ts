// The fault runs by name: which faults of the table they stand for, what is struck, and what came out of it.
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../e2e/product.ts';
import { BLOWS, type BlowName } from './blows.ts';
import { countByKind, type Finding } from './core/finding.ts';
import { createDice } from './dice.ts';
import { createPlantSite, type PlantSiteOptions } from './plant-site.ts';
import { mountSmallDisk } from './small-disk.ts';
import { type UsageFigures, watchUsage } from './usage.ts';

interface Run {
  readonly faults: string;
  readonly blows: readonly [BlowName, ...BlowName[]];
  /** Quiet seconds between two blows, counted from the recovery. */
  readonly pauseS: readonly [number, number];
  readonly site?: PlantSiteOptions;
  readonly smallDiskMegabytes?: number;
}

export const RUNS: Readonly<Record<string, Run>> = {
  'server-kill': { faults: 'F01', blows: ['server-kill'], pauseS: [0, 2] },
  'gateway-kill': { faults: 'F02', blows: ['gateway-kill'], pauseS: [0, 2] },
  'clock-steps': { faults: 'F31', blows: ['clock-step'], pauseS: [0, 2], site: { falseClock: 'gateway' } },
  'server-clock-steps': {
    faults: 'F31',
    blows: ['clock-step'],
    pauseS: [0, 2],
    site: { falseClock: 'server', tripwires: true },
  },
  'server-clock-kills': {
    faults: 'F01, F31',
    blows: ['clock-step-kill', 'clock-step'],
    pauseS: [0, 2],
    site: { falseClock: 'server' },
  },
  'disk-full': { faults: 'F06', blows: ['disk-full'], pauseS: [0, 3], smallDiskMegabytes: 20 },
  'broker-kill': { faults: 'F14', blows: ['broker-kill'], pauseS: [1, 5], site: { foreignBroker: true } },
  'server-frozen': { faults: 'F15, F32', blows: ['server-frozen'], pauseS: [1, 3], site: { foreignBroker: true } },
  'half-open': { faults: 'F16', blows: ['half-open'], pauseS: [2, 5] },
  'one-way': { faults: 'F17', blows: ['one-way'], pauseS: [2, 5] },
  'bad-net': {
    faults: 'F18',
    blows: ['bad-net'],
    pauseS: [2, 5],
    site: { devices: 10, pointsPerDevice: 10 },
  },
  flap: { faults: 'F19', blows: ['flap'], pauseS: [0, 0] },
  /** Beyond TCP's own sums. What hits the inside of a value on plain mqtt:// is stored as it came: only TLS notices. */
  corrupt: { faults: 'beyond F23', blows: ['corrupt'], pauseS: [2, 5] },
  link: { faults: 'F16, F17, F19', blows: ['half-open', 'one-way', 'flap'], pauseS: [1, 2] },
  /** What fits into a test. */
  quick: { faults: 'F02, F17, F19', blows: ['one-way', 'flap', 'gateway-kill'], pauseS: [0, 1] },
  mix: {
    faults: 'F01, F02, F06, F16-F19',
    blows: ['server-kill', 'gateway-kill', 'half-open', 'one-way', 'bad-net', 'flap', 'flap', 'disk-full'],
    pauseS: [2, 8],
    smallDiskMegabytes: 40,
  },
  /** The mix without kills: both programs live through it, so that the slope of their memory is over the whole run. */
  endure: {
    faults: 'F06, F16-F19, F45',
    blows: ['half-open', 'one-way', 'bad-net', 'flap', 'flap', 'disk-full'],
    pauseS: [2, 8],
    smallDiskMegabytes: 40,
  },
};

export interface RunResult {
  readonly run: string;
  readonly faults: string;
  readonly seed: number;
  readonly minutes: number;
  readonly blows: Readonly<Partial<Record<BlowName, number>>>;
  readonly logged: number;
  readonly stored: number;
  /** Given up by the gateway's outbox, and declared to the server. */
  readonly dropped: number;
  readonly found: ReturnType<typeof countByKind>;
  readonly firstFindings: readonly Finding[];
  /** From the end of a fault until what was logged by then is committed. */
  readonly slowestRecoveryMs: number;
  /** From `/readyz` 200 of a server that was killed until what was logged by then is committed; 0 when none was. */
  readonly slowestResumeMs: number;
  readonly gateway: UsageFigures;
  readonly server: UsageFigures;
}

const RECOVERY_MS = 120_000;

/** `times` ends the run after so many blows; every fault of the run in turn first, then by chance. */
export async function runFaults(
  name: string,
  length: { readonly minutes: number; readonly times?: number },
  seed: number,
): Promise<RunResult | 'skipped'> {
  const run = Object.hasOwn(RUNS, name) ? RUNS[name] : undefined;
  if (run === undefined) throw new Error(`no fault run "${name}"; there are: ${Object.keys(RUNS).join(', ')}`);
  const disk = run.smallDiskMegabytes === undefined ? undefined : mountSmallDisk(run.smallDiskMegabytes);
  if (run.smallDiskMegabytes !== undefined && disk === undefined && run.blows.length === 1) return 'skipped';
  const dice = createDice(seed);
  const blows: Partial<Record<BlowName, number>> = {};
  let slowestRecoveryMs = 0;
  let slowestResumeMs = 0;
  try {
    const site = await createPlantSite(dice, { ...run.site, ...(disk && { gatewayData: disk.path }) });
    try {
      if (run.site?.falseClock !== undefined && site.clock === undefined) return 'skipped';
      const usage = { gateway: watchUsage(() => site.pid('gateway')), server: watchUsage(() => site.pid('server')) };
      const began = performance.now();
      const minutes = () => (performance.now() - began) / 60_000;
      for (let count = 0; minutes() < length.minutes && count < (length.times ?? Number.POSITIVE_INFINITY); count++) {
        const blow = run.blows[count] ?? dice.oneOf(run.blows);
        blows[blow] = (blows[blow] ?? 0) + 1;
        await BLOWS[blow]({ site, dice, ...(disk && { disk }) });
        const ended = performance.now();
        await site.ready();
        const resumeMs = await recovery(site.figure, blow);
        slowestRecoveryMs = Math.max(slowestRecoveryMs, performance.now() - ended);
        if (blow === 'server-kill') slowestResumeMs = Math.max(slowestResumeMs, resumeMs);
        await delay(dice.between(run.pauseS[0] * 1000, run.pauseS[1] * 1000));
      }
      const used = { gateway: usage.gateway.stop(), server: usage.server.stop() };
      const ran = minutes();
      const { findings, logged, stored } = await site.finish();
      return {
        run: name,
        faults: run.faults,
        seed,
        minutes: Math.round(ran * 10) / 10,
        blows,
        logged,
        stored,
        dropped: (await site.figure('outbox_dropped_total')) ?? 0,
        found: countByKind(findings),
        firstFindings: findings.slice(0, 5),
        slowestRecoveryMs: Math.round(slowestRecoveryMs),
        slowestResumeMs: Math.round(slowestResumeMs),
        ...used,
      };
    } finally {
      await site.stop();
    }
  } finally {
    disk?.unmount();
  }
}

/** Ms until everything that is logged now is committed. */
async function recovery(figure: (name: string) => Promise<number | undefined>, blow: string): Promise<number> {
  const began = performance.now();
  const target = await until('the gateway answers', RECOVERY_MS, () => figure('outbox_last_seq'));
  await until(
    `${blow}: what was logged is committed`,
    RECOVERY_MS,
    async () => ((await figure('uplink_acknowledged_seq')) ?? 0) >= target,
  );
  return performance.now() - began;
}
