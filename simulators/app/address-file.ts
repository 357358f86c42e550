// `<data>/simulators.json`: where running simulators of a data directory can be controlled.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const address = z.object({ controlPort: z.int().min(1).max(65_535), pid: z.int().positive() });
export type ControlAddress = z.infer<typeof address>;

const fileOf = (dataDir: string): string => join(dataDir, 'simulators.json');

export function writeAddress(dataDir: string, value: ControlAddress): void {
  mkdirSync(dataDir, { recursive: true });
  const unfinished = `${fileOf(dataDir)}.${process.pid}.tmp`;
  writeFileSync(unfinished, `${JSON.stringify(value)}\n`, { mode: 0o600 });
  renameSync(unfinished, fileOf(dataDir));
}

export function removeAddress(dataDir: string): void {
  if (readAddress(dataDir)?.pid === process.pid) rmSync(fileOf(dataDir), { force: true });
}

/** @returns undefined when there is none or it cannot be understood. */
export function readAddress(dataDir: string): ControlAddress | undefined {
  try {
    return address.parse(JSON.parse(readFileSync(fileOf(dataDir), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Asks whether simulators really answer there; a file may have survived a crash. */
export async function isAlive({ controlPort, pid }: ControlAddress): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${controlPort}/`, { signal: AbortSignal.timeout(1000) });
    return z.object({ pid: z.literal(pid) }).safeParse(await response.json()).success;
  } catch {
    return false;
  }
}
