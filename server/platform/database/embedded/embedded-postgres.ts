// PostgreSQL as a child process in the data directory: created on first use, adopted when it outlived a killed server,
// stopped with the server.
import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type Account, accountForPostgres, canReach } from './account.ts';
import { type Binaries, copyBinaries, findBinaries } from './binaries.ts';

export interface EmbeddedPostgres {
  readonly url: string;
  /** For the log: `PostgreSQL in data/postgres under account "nobody"`. */
  readonly description: string;
  /** Fast shutdown; settles when the process is gone. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** The product's data directory. */
  readonly dataDir: string;
  /** Settings added to the shipped ones, e.g. `fsync=off` for tests. */
  readonly settings?: readonly string[];
}

const USER = 'louwei';
const DATABASE = 'louwei';
/** Where data and programs go when root owns a data directory that no other account can reach. */
const REACHABLE_ROOT = '/var/lib/louwei';

/** Modest memory: the shipped default is a whole product on a small machine. */
const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=40',
  // Holds the ends of the index for 10,000 points: when 50 gateways deliver an hour at once, with 64 MB it took a third longer.
  'shared_buffers=256MB',
  'max_wal_size=512MB',
  'jit=off',
  'timezone=UTC',
  'log_timezone=UTC',
];

export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const account = accountForPostgres();
  const { folder, binaries } = placeFor(resolve(options.dataDir), account);
  const password = readOrCreatePassword(options.dataDir);
  if (!existsSync(join(folder, 'PG_VERSION'))) initialise(binaries, folder, password, account);

  const adopted = await adopt(folder, password);
  const running = adopted ?? (await launch(binaries, folder, options, password, account));
  await ensureDatabase(running.port, password);
  return {
    url: urlOf(running.port, password, DATABASE),
    description:
      `PostgreSQL in ${folder}${account ? ` under account "${account.name}"` : ''}` +
      (adopted ? ', still running from before' : ''),
    stop: () => stopProcess(running.pid),
  };
}

function placeFor(dataDir: string, account: Account | undefined): { folder: string; binaries: Binaries } {
  const binaries = findBinaries();
  const wanted = join(dataDir, 'postgres');
  if (account === undefined) return { folder: wanted, binaries };
  const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  return {
    folder: canReach(account, wanted) ? wanted : join(REACHABLE_ROOT, hash, 'postgres'),
    binaries: canReach(account, binaries.postgres) ? binaries : copyBinaries(binaries, REACHABLE_ROOT),
  };
}

function readOrCreatePassword(dataDir: string): string {
  const file = join(dataDir, 'secrets', 'postgres');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  mkdirSync(join(dataDir, 'secrets'), { recursive: true, mode: 0o700 });
  const password = randomBytes(24).toString('base64url');
  writeFileSync(file, `${password}\n`, { mode: 0o600 });
  return password;
}

function initialise(binaries: Binaries, folder: string, password: string, account: Account | undefined): void {
  // A folder without PG_VERSION is what an interrupted initdb leaves; it holds no data yet.
  rmSync(folder, { recursive: true, force: true });
  // What lies above has to let the account pass; the folder itself is nobody else's.
  mkdirSync(dirname(folder), { recursive: true, mode: 0o755 });
  mkdirSync(folder, { mode: 0o700 });
  const passwordFile = `${folder}.password`;
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account) {
    chownSync(folder, account.uid, account.gid);
    chownSync(passwordFile, account.uid, account.gid);
  }
  try {
    const result = spawnSync(
      binaries.initdb,
      [
        '-D',
        folder,
        '-U',
        USER,
        '-A',
        'scram-sha-256',
        `--pwfile=${passwordFile}`,
        '-E',
        'UTF8',
        '--no-instructions',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--locale=C',
      ],
      { ...identity(account), cwd: '/', encoding: 'utf8' },
    );
    if (result.status !== 0) {
      throw new Error(`initdb failed: ${result.stderr?.trim() || result.error?.message || `exit ${result.status}`}`);
    }
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

interface Running {
  readonly pid: number;
  readonly port: number;
}

/** A PostgreSQL of this folder that outlived its server is used as it is: no recovery, no second start. */
async function adopt(folder: string, password: string): Promise<Running | undefined> {
  const lines = readPostmasterFile(folder);
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!Number.isInteger(pid) || !Number.isInteger(port) || !isAlive(pid)) return undefined;
  const answered = await connectTo(port, password, 'postgres').then(
    (client) => client.end().then(() => true),
    () => false,
  );
  return answered ? { pid, port } : undefined;
}

async function launch(
  binaries: Binaries,
  folder: string,
  options: EmbeddedOptions,
  password: string,
  account: Account | undefined,
): Promise<Running> {
  const port = await freePort();
  const settings = [...SETTINGS, ...(options.settings ?? []), `port=${port}`].flatMap((setting) => ['-c', setting]);
  mkdirSync(join(options.dataDir, 'logs'), { recursive: true });
  const logFile = join(options.dataDir, 'logs', 'postgresql.log');
  const log = openSync(logFile, 'a');
  // Detached: Ctrl-C in a terminal reaches the whole process group, but the server still needs its database to stop.
  const child = spawn(binaries.postgres, ['-D', folder, ...settings], {
    ...identity(account),
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  const ended = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) =>
      reject(new Error(`PostgreSQL ended with code ${code} while starting; see ${logFile}`)),
    );
  });
  ended.catch(() => undefined);
  const { pid } = child;
  if (pid === undefined) return ended;
  await Promise.race([ended, untilAnswering(port, password)]);
  return { pid, port };
}

async function untilAnswering(port: number, password: string): Promise<void> {
  // Crash recovery of a large log may take a while; a start that fails ends the process instead.
  const deadline = performance.now() + 120_000;
  for (;;) {
    try {
      const client = await connectTo(port, password, 'postgres');
      await client.end();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(50);
    }
  }
}

async function ensureDatabase(port: number, password: string): Promise<void> {
  const client = await connectTo(port, password, 'postgres');
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}

async function connectTo(port: number, password: string, database: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: urlOf(port, password, database), connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

const urlOf = (port: number, password: string, database: string): string =>
  `postgres://${USER}:${password}@127.0.0.1:${port}/${database}`;

async function stopProcess(pid: number): Promise<void> {
  // SIGINT is PostgreSQL's "fast shutdown": sessions are ended, everything is written.
  for (const [signal, waitMs] of [
    ['SIGINT', 3_000],
    ['SIGQUIT', 1_500],
  ] as const) {
    if (!signalTo(pid, signal)) return;
    const deadline = performance.now() + waitMs;
    while (performance.now() < deadline) {
      if (!isAlive(pid)) return;
      await delay(20);
    }
  }
  signalTo(pid, 'SIGKILL');
}

function signalTo(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

const isAlive = (pid: number): boolean => pid > 0 && signalTo(pid, 0);

function readPostmasterFile(folder: string): string[] {
  const file = join(folder, 'postmaster.pid');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
}

const identity = (account: Account | undefined): { uid?: number; gid?: number } =>
  account ? { uid: account.uid, gid: account.gid } : {};

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done, fail) => {
    probe.once('error', fail);
    probe.listen(0, '127.0.0.1', done);
  });
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  if (address === null || typeof address === 'string') throw new Error('no free TCP port');
  return address.port;
}
