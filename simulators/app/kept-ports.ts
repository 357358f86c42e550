// The ports of the last start in this data directory: a gateway that was given its devices from a distance must find them
// again. A port that is taken meanwhile is replaced by a free one.
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { listen } from '../protocols/listen.ts';

export interface KeptPorts {
  /** The port of the last start when it is free, 0 for any. */
  wanted(name: string): Promise<number>;
  keep(name: string, port: number): void;
  save(): void;
}

const shape = z.record(z.string(), z.int().min(1).max(65_535));

export function openKeptPorts(dataDir: string): KeptPorts {
  const file = join(dataDir, 'simulator-ports.json');
  const last = read(file);
  const now: Record<string, number> = {};
  return {
    async wanted(name) {
      const port = last[name];
      return port !== undefined && (await isFree(port)) ? port : 0;
    },
    keep(name, port) {
      now[name] = port;
    },
    save: () => writeFileSync(file, `${JSON.stringify(now)}\n`),
  };
}

/** A lost or damaged file costs new ports, nothing else. */
function read(file: string): z.infer<typeof shape> {
  try {
    return shape.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await listen(server, port);
  } catch {
    return false;
  }
  await new Promise((done) => server.close(done));
  return true;
}
