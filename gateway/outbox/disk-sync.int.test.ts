// A disk whose sync fails (F07) or takes 200 ms (F08), by a shim between the process and the C library.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openOutbox } from './outbox.ts';

const COMPILER = '/usr/bin/cc';
const FIXTURES = join(import.meta.dirname, 'fixtures');
const PATIENCE_MS = 60_000;

const absent = process.platform !== 'linux' || !existsSync(COMPILER);
if (absent && process.env['LOUWEI_TEST_REQUIRE'] === 'all') throw new Error(`these tests need Linux and ${COMPILER}`);
if (absent) process.stderr.write(`SKIPPED: failing and slow syncs need Linux and ${COMPILER}\n`);

interface Said {
  readonly warning?: string;
  readonly fatal?: string;
  readonly lastSeq?: number;
  readonly logged?: number;
  readonly appends?: number;
  readonly buffered?: number;
  readonly commits?: number;
  readonly commitErrors?: number;
  readonly dropped?: number;
}

let shims: string;
let dir: string;
let orders: string;
let child: ChildProcess | undefined;

beforeAll(() => {
  shims = mkdtempSync(join(tmpdir(), 'louwei-shim-'));
  if (absent) return;
  const source = join(FIXTURES, 'disk-sync.c');
  execFileSync(COMPILER, ['-shared', '-fPIC', '-o', join(shims, 'disk-sync.so'), source, '-ldl']);
});
afterAll(() => rmSync(shims, { recursive: true, force: true }));
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'louwei-disk-'));
  orders = join(dir, 'orders');
});
afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

function startLogging() {
  const started = spawn(process.execPath, [join(FIXTURES, 'logging-process.ts'), join(dir, 'data')], {
    env: { ...process.env, LD_PRELOAD: join(shims, 'disk-sync.so'), DISK_ORDERS: orders },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child = started;
  const said: Said[] = [];
  createInterface({ input: started.stdout }).on('line', (line) => said.push(JSON.parse(line) as Said));
  const ended = new Promise<number | null>((done) => started.once('close', (code) => done(code)));
  const groups = () => said.filter(({ lastSeq }) => lastSeq !== undefined);
  return {
    said,
    groups,
    ended,
    newest: () => groups().at(-1),
    kill: async () => {
      started.kill('SIGKILL');
      await ended;
    },
  };
}

async function until(what: string, condition: () => boolean): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not within ${PATIENCE_MS} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Values in the log in the order of their numbers, and the last number. */
function readBack(): { values: unknown[]; seqs: number[] } {
  const outbox = openOutbox(join(dir, 'data'), {
    onFatal(error) {
      throw error;
    },
  });
  const records = outbox.read(1, 1_000_000);
  outbox.close();
  return { values: records.map(({ value }) => value), seqs: records.map(({ seq }) => seq) };
}

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

describe.skipIf(absent)('a disk that does not sync as it should', () => {
  it('F07: a group whose sync failed is not reported; the file is opened anew and the group comes again, once', async () => {
    const logging = startLogging();
    for (let blow = 1; blow <= 3; blow++) {
      const before = logging.newest()?.lastSeq ?? 0;
      await until('groups are on disk', () => (logging.newest()?.lastSeq ?? 0) > before + 100);
      writeFileSync(orders, 'fail-once');
      await until('the failure was met', () => (logging.newest()?.commitErrors ?? 0) >= blow && !existsSync(orders));
    }
    const reported = logging.newest()?.lastSeq ?? 0;
    await until('it goes on', () => (logging.newest()?.lastSeq ?? 0) > reported + 100);
    await logging.kill();
    expect(logging.said.filter(({ warning }) => warning?.includes('opened anew'))).toHaveLength(3);
    const last = logging.newest()?.lastSeq ?? 0;
    const { values, seqs } = readBack();
    expect(seqs.length).toBeGreaterThanOrEqual(last);
    expect(seqs).toEqual(upTo(seqs.length));
    expect(values).toEqual(upTo(seqs.length));
    expect(logging.newest()?.dropped).toBe(0);
  }, 120_000);

  it('F07: when no sync succeeds any more the process ends, and what was reported is there', async () => {
    const logging = startLogging();
    await until('groups are on disk', () => (logging.newest()?.lastSeq ?? 0) > 100);
    writeFileSync(orders, 'fail');
    expect(await logging.ended).toBe(3);
    rmSync(orders);
    expect(logging.said.at(-1)?.fatal).toContain('cannot be written');
    const last = logging.newest()?.lastSeq ?? 0;
    const { values } = readBack();
    expect(values.length).toBeGreaterThanOrEqual(last);
    expect(values).toEqual(upTo(values.length));
  }, 120_000);

  it('F08: 200 ms for each sync make the groups larger, not the queue; nothing is given up', async () => {
    const logging = startLogging();
    await until('groups are on disk', () => (logging.newest()?.commits ?? 0) > 5);
    writeFileSync(orders, 'slow 200');
    const before = logging.newest() ?? {};
    await until('much was logged meanwhile', () => (logging.newest()?.commits ?? 0) > (before.commits ?? 0) + 10);
    const slow = logging.groups().filter(({ commits }) => (commits ?? 0) > (before.commits ?? 0) + 1);
    await logging.kill();
    const [first, last] = [slow[0] ?? {}, slow.at(-1) ?? {}];
    // Several appends, that is rounds of polling, fit between two groups.
    expect((last.appends ?? 0) - (first.appends ?? 0)).toBeGreaterThan((last.commits ?? 0) - (first.commits ?? 0));
    // What waits is what came during the last two groups, not more and more.
    for (const { buffered } of slow) expect(buffered).toBeLessThan(5_000);
    expect(last.dropped).toBe(0);
    const { values } = readBack();
    expect(values).toEqual(upTo(values.length));
    expect(values.length).toBeGreaterThanOrEqual(last.lastSeq ?? Number.POSITIVE_INFINITY);
  }, 120_000);
});
