// Every bench ends with one line of JSON: figures with units in their names, a baseline of the same run, the machine.
import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

export type Figures = Readonly<Record<string, number | string>>;

export interface BenchResult {
  readonly figures: Figures;
  readonly baseline: Figures;
}

export function printReport(bench: string, result: BenchResult): void {
  const machine = {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
  console.log(JSON.stringify({ bench, ...result, machine }));
}

/** p in 0..1 of unsorted samples. */
export function percentile(samples: readonly number[], p: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? Number.NaN;
}

export const round = (value: number, digits = 1): number => Number(value.toFixed(digits));

/** CPU seconds used so far and resident memory of a process (Linux). */
export function processUsage(pid: number): { cpuSeconds: number; rssMiB: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const rss = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100, rssMiB: Number(rss?.[1] ?? 0) / 1024 };
}
