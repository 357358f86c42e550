// Starts the product's programs as a person would, on free ports and in a folder of their own, and talks to them only
// over the network.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export const ROOT = join(import.meta.dirname, '../..');

export const ADMIN_PASSWORD = 'correct horse battery';

/** A folder of its own that the database's account can reach; removed by `remove`. */
export function temporaryFolder(within = tmpdir()): { path: string; remove(): void } {
  const path = mkdtempSync(join(within, 'louwei-e2e-'));
  chmodSync(path, 0o755);
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Below the ports that the system gives to outgoing connections: one of those may take it before its program listens. */
const PORTS = { first: 12_000, count: 20_000 };

export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = PORTS.first + Math.floor(Math.random() * PORTS.count);
    if (await isFree(port)) return port;
  }
  throw new Error('no free port');
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((done) => {
    server.once('error', () => done(false));
    server.listen(port, () => server.close(() => done(true)));
  });
}

export interface Program {
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Exit code, or the signal's name. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** SIGTERM, then SIGKILL after 6 s. */
  stop(): Promise<number | NodeJS.Signals>;
}

export function startProgram(script: string, args: readonly string[], env: Readonly<Record<string, string>>): Program {
  // As the npm scripts start them: a server alone is given room for speed, a gateway makes itself small.
  const flags = script.startsWith('simulators/') ? ['--max-semi-space-size=2'] : [];
  const child = spawn(process.execPath, [...flags, join(ROOT, script), ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { out: '', err: '' };
  child.stdout?.on('data', (chunk: Buffer) => {
    text.out += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    text.err = (text.err + chunk.toString()).slice(-2_000_000);
  });
  const ended = new Promise<number | NodeJS.Signals>((done) => {
    child.once('close', (code, signal) => done(code ?? signal ?? -1));
  });
  return {
    child,
    stdout: () => text.out,
    stderr: () => text.err,
    ended,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return ended;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 6_000);
      const how = await ended;
      clearTimeout(timer);
      return how;
    },
  };
}

/** Polls until the condition gives something; fails with what it was waiting for. */
export async function until<T>(
  what: string,
  deadlineMs: number,
  condition: () => Promise<T | undefined | false> | T | undefined | false,
  everyMs = 100,
): Promise<T> {
  const end = Date.now() + deadlineMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value !== undefined && value !== false) return value;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) {
      throw new Error(`not within ${deadlineMs} ms: ${what}${last instanceof Error ? ` (${last.message})` : ''}`);
    }
    await delay(everyMs);
  }
}

export interface Product {
  readonly url: string;
  readonly mqttPort: number;
  readonly dataDir: string;
  readonly program: Program;
  readonly env: Readonly<Record<string, string>>;
  /** From start to `/readyz` 200. */
  readonly readyMs: number;
  stop(): Promise<void>;
}

export interface ProductOptions {
  /** `simulators/app/start.ts` (everything) or `server/app/main.ts`. */
  readonly script?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Kept by the caller; otherwise a temporary folder. */
  readonly dataDir?: string;
}

export async function startProduct(options: ProductOptions = {}): Promise<Product> {
  const folder = options.dataDir === undefined ? temporaryFolder() : undefined;
  const dataDir = options.dataDir ?? folder?.path ?? '';
  const httpPort = await freePort();
  const mqttPort = await freePort();
  const env = {
    LOUWEI_HTTP_PORT: String(httpPort),
    LOUWEI_MQTT_PORT: String(mqttPort),
    LOUWEI_DATA_DIR: dataDir,
    LOUWEI_ADMIN_PASSWORD: ADMIN_PASSWORD,
    ...options.env,
  };
  const began = performance.now();
  const program = startProgram(options.script ?? 'simulators/app/start.ts', [], env);
  const url = `http://127.0.0.1:${httpPort}`;
  try {
    await until('the server is ready', 60_000, async () => {
      if (program.child.exitCode !== null)
        throw new Error(`ended with ${program.child.exitCode}: ${program.stderr().slice(-2000)}`);
      return (await fetch(`${url}/readyz`)).status === 200;
    });
  } catch (error) {
    await program.stop();
    folder?.remove();
    throw new Error(
      `${error instanceof Error ? error.message : String(error)}\n${program.stdout()}\n${program.stderr().slice(-4000)}`,
    );
  }
  return {
    url,
    mqttPort,
    dataDir,
    program,
    env,
    readyMs: performance.now() - began,
    async stop() {
      await program.stop();
      folder?.remove();
    },
  };
}

/** `npm run sim -- ARGS` on the simulated building of this product. */
export function simulate({ env }: Pick<Product, 'env'>, ...args: readonly string[]): string {
  const script = join(ROOT, 'simulators/app/sim.ts');
  const options = { cwd: ROOT, env: { ...process.env, ...env }, encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], options);
  if (status !== 0) throw new Error(`sim ${args.join(' ')} ended with ${status}: ${stderr}${stdout}`);
  return stdout;
}

/** Address of the embedded database of a data directory, for checkers that count rows. */
export function embeddedDatabaseUrl(dataDir: string): string {
  const password = readFileSync(join(dataDir, 'secrets/postgres'), 'utf8').trim();
  const port = readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[3]?.trim();
  return `postgres://louwei:${password}@127.0.0.1:${port}/louwei`;
}

/** Parts that only some machines have: a browser, a foreign Modbus server, an external broker. */
export function partsMissing(...paths: readonly string[]): string | false {
  const missing = paths.filter((path) => !existsSync(path));
  if (missing.length === 0) return false;
  if (process.env['LOUWEI_TEST_REQUIRE'] === 'all')
    throw new Error(`required for these tests, but absent: ${missing.join(', ')}`);
  console.warn(`SKIPPED: ${missing.join(', ')} is absent`);
  return missing.join(', ');
}
