// Memory and open files of the processes over a run, as far as one process lived.
import { readdirSync } from 'node:fs';
import { percentile, processUsage, round } from '../bench/report.ts';
import { type MemorySample, memoryTrend } from './core/memory-trend.ts';

interface Sample extends MemorySample {
  readonly pid: number;
  readonly fds: number;
}

export interface UsageFigures {
  readonly rssMiB: number;
  readonly rssMostMiB: number;
  /** Of the longest-lived process, without its warm-up; null when none lived long enough to tell. */
  readonly rssSlopeMiBPerHour: number | null;
  readonly slopeStandardError: number | null;
  readonly slopeOverS: number;
  /** Median of each quarter of the longest life: tells a leak from a heap that breathes. */
  readonly rssQuartersMiB: readonly number[];
  readonly fds: number;
  readonly fdsMost: number;
}

export function watchUsage(pid: () => number, everyMs = 2_000): { stop(): UsageFigures } {
  const samples: Sample[] = [];
  const take = (): void => {
    const process = pid();
    try {
      const fds = readdirSync(`/proc/${process}/fd`).length;
      samples.push({ pid: process, atS: performance.now() / 1000, rssMiB: processUsage(process).rssMiB, fds });
    } catch {
      // Killed just now; the next one is counted.
    }
  };
  take();
  const timer = setInterval(take, everyMs);
  return {
    stop() {
      clearInterval(timer);
      take();
      const lives = Object.values(Object.groupBy(samples, ({ pid: of }) => of)).map((life) => life ?? []);
      const longest = lives.reduce((most, life) => (span(life) > span(most) ? life : most), []);
      const trend = memoryTrend(longest);
      return {
        rssMiB: round(samples.at(-1)?.rssMiB ?? 0),
        rssMostMiB: round(Math.max(...samples.map(({ rssMiB }) => rssMiB))),
        rssSlopeMiBPerHour: trend && round(trend.slopeMiBPerHour, 2),
        slopeStandardError: trend && round(trend.standardErrorMiBPerHour, 2),
        slopeOverS: round(trend?.overS ?? 0, 0),
        rssQuartersMiB: [0, 1, 2, 3].map((quarter) => {
          const part = longest.slice((quarter * longest.length) / 4, ((quarter + 1) * longest.length) / 4);
          return part.length === 0
            ? 0
            : round(
                percentile(
                  part.map(({ rssMiB }) => rssMiB),
                  0.5,
                ),
              );
        }),
        fds: samples.at(-1)?.fds ?? 0,
        fdsMost: Math.max(...samples.map(({ fds }) => fds)),
      };
    },
  };
}

const span = (samples: readonly Sample[]): number => (samples.at(-1)?.atS ?? 0) - (samples[0]?.atS ?? 0);
