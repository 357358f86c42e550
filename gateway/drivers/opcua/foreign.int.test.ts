// A server that is not ours (asyncua, Python): read, queued values, a deadband it does not keep to, and its sudden end.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FixtureHost, fixtureHost, until } from '../host.fixture.ts';
import { driverTo, pumpModel } from './server.fixture.ts';

/** Where Python packages are installed that no distribution has. */
const PYTHON = join(process.env['LOUWEI_TEST_VENV'] ?? '/opt/louwei-test', 'bin/python3');
const missing = !existsSync(PYTHON);
if (missing && process.env['LOUWEI_TEST_REQUIRE'] === 'all')
  throw new Error(`required for these tests, but absent: ${PYTHON}`);
if (missing) process.stdout.write(`SKIPPED: ${PYTHON} is absent\n`);

interface Foreign {
  write(values: object): void;
  kill(): Promise<void>;
}

async function startForeign(port: number): Promise<Foreign> {
  const url = `opc.tcp://127.0.0.1:${port}/`;
  const child: ChildProcess = spawn(PYTHON, [join(import.meta.dirname, 'foreign_server.py'), url]);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let ready = false;
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-2000);
  });
  createInterface({ input: child.stdout ?? process.stdin }).on('line', (line) => {
    ready ||= (JSON.parse(line) as { ready?: boolean }).ready === true;
  });
  await until(
    () => {
      if (child.exitCode !== null) throw new Error(`the foreign server ended: ${errors}`);
      return ready;
    },
    'the foreign server listens',
    60_000,
  );
  return {
    write: (values) => void child.stdin?.write(`${JSON.stringify(values)}\n`),
    kill() {
      child.kill('SIGKILL');
      return ended;
    },
  };
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

const model = {
  ...pumpModel,
  opcua: { publishingIntervalMs: 500, samplingIntervalMs: 0 },
  points: {
    running: { node: 'ns=2;s={prefix}.Running' },
    pressure: { node: 'ns=2;s={prefix}.Pressure', scale: 10 },
    serial: { node: 'ns=2;s={prefix}.Serial' },
  },
};

describe.skipIf(missing)('a foreign OPC UA server', { timeout: 240_000 }, () => {
  let host: FixtureHost;
  let port: number;
  let foreign: Foreign;
  beforeEach(async () => {
    host = fixtureHost();
    port = await freePort();
    foreign = await startForeign(port);
  }, 90_000);
  afterEach(async () => {
    await foreign.kill();
    host.dispose();
  });
  const pressures = () => host.news('pump-1', 'pressure');
  const values = () => pressures().map(({ value }) => value);

  it('is read, every queued value in order, and is found again after it was killed', async () => {
    const driver = driverTo(host, port, 'P1', undefined, { model });
    await driver.start();
    try {
      await until(() => host.latest('pump-1', 'serial')?.value === 'SN-7', 'first values', 60_000);
      expect(host.latest('pump-1', 'running')).toMatchObject({ value: 1, quality: 'good' });
      foreign.write({ Pressure: [1, 2, 1, 3], Running: false });
      await until(() => host.latest('pump-1', 'running')?.value === 0, 'a change', 60_000);
      await until(() => values().at(-1) === 30, 'the last value', 60_000);
      expect(values()).toEqual([125, 10, 20, 10, 30]);
      const times = pressures().map(({ deviceTimeMs }) => deviceTimeMs ?? 0);
      expect(times).toEqual([...times].sort((a, b) => a - b));

      await foreign.kill();
      await until(() => host.stateOf('pump-1')?.online === false, 'the loss is noticed', 60_000);
      expect(host.latest('pump-1', 'pressure')).toMatchObject({ value: null, quality: 'not-connected' });
      foreign = await startForeign(port);
      await until(() => host.latest('pump-1', 'pressure')?.value === 125, 'values flow again', 30_000);
    } finally {
      await driver.stop();
    }
  });

  it('is asked for no deadband any more once it let a value drift away behind it', async () => {
    const report = { pressure: { deadband: 10, maxSilenceS: 1 } };
    const driver = driverTo(host, port, 'P1', undefined, { model, report });
    await driver.start();
    try {
      await until(() => values().at(-1) === 125, 'the first value', 60_000);
      // Beyond half of 10 kPa, which is 0.5 bar: told at once.
      foreign.write({ Pressure: 20 });
      await until(() => values().at(-1) === 200, 'a change beyond the deadband', 60_000);
      // Each step is within it, all together are not.
      foreign.write({ Pressure: [20.3, 20.6, 20.9, 21.2, 21.5, 21.8] });
      await until(() => values().at(-1) === 218, 'what the server hid', 60_000);
      expect(host.logged.join('')).toContain('hides changes of pump-1 pressure beyond the deadband it accepted');
      foreign.write({ Pressure: [21.9] });
      await until(() => values().at(-1) === 219, 'every change', 60_000);
      expect(driver.diagnosis?.()[0]?.notes?.join()).toContain('hides changes');
    } finally {
      await driver.stop();
    }
  });
});
