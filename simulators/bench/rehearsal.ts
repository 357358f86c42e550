// A process of gateways with made-up devices (gateway/app/rehearse.ts), spoken to over its standard streams.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';
import { ROOT, until } from '../e2e/product.ts';

export interface RehearsalSetting {
  readonly url: string;
  readonly folder: string;
  readonly points: number;
  readonly filledS: number;
  readonly liveFromMs: number;
  readonly gateways: readonly { readonly node: string; readonly username: string; readonly password: string }[];
}

const spoken = z.union([
  z.object({ filled: z.int() }),
  z.object({
    gateways: z.array(
      z.object({
        node: z.string(),
        epoch: z.int(),
        filledSeq: z.int(),
        lastSeq: z.int(),
        acknowledgedSeq: z.int(),
      }),
    ),
  }),
]);

export type GatewayState = Extract<z.infer<typeof spoken>, { gateways: unknown }>['gateways'][number];

export interface RehearsedGateways {
  readonly pid: number;
  /** The outboxes are full. */
  filled(): Promise<unknown>;
  /** Readings and deliveries begin. */
  live(): void;
  /** No new readings. */
  quiet(): void;
  /** As last heard, at most half a second old. */
  states(): readonly GatewayState[];
  stop(): Promise<void>;
}

/** The device of a rehearsed gateway, and its equipment on the server. */
export const rehearsedDevice = (node: string): string => `${node}-d`;

const FILL_MS = 20 * 60_000;
const STOP_MS = 10_000;

export function startRehearsal(setting: RehearsalSetting): RehearsedGateways {
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(
    process.execPath,
    ['--max-semi-space-size=2', join(ROOT, 'gateway/app/rehearse.ts')],
    { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  child.stdin.on('error', () => undefined);
  let full = false;
  let states: readonly GatewayState[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const heard = spoken.parse(JSON.parse(line));
    if ('filled' in heard) full = true;
    else states = heard.gateways;
  });
  const say = (line: string): void => void child.stdin.write(`${line}\n`);
  say(JSON.stringify(setting));
  return {
    pid: child.pid ?? 0,
    filled: () =>
      until('the outboxes are full', FILL_MS, () => {
        if (!full && child.exitCode !== null) throw new Error(`the gateways ended with ${child.exitCode}`);
        return full;
      }),
    live: () => say('live'),
    quiet: () => say('quiet'),
    states: () => states,
    async stop() {
      child.stdin.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}
