// A Modbus server that is not ours (libmodbus, compiled here), laid out as a pump panel: read and written through server and
// gateway, and looked at afterwards with mbpoll, a client by libmodbus.
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startWithOneDevice } from './one-device.ts';
import { freePort, partsMissing, temporaryFolder, until } from './product.ts';

const missing = partsMissing('/usr/bin/cc', '/usr/include/modbus/modbus.h', '/usr/bin/mbpoll');

/** Compiles the server; a machine with compiler and library but without success is a fault, not a reason to skip. */
function compile(folder: string): string {
  const program = join(folder, 'foreign-libmodbus');
  const source = join(import.meta.dirname, 'foreign_libmodbus.c');
  const built = spawnSync('/usr/bin/cc', ['-I/usr/include/modbus', '-o', program, source, '-lmodbus'], {
    encoding: 'utf8',
  });
  if (built.status !== 0) throw new Error(`cc ${source}: ${built.stderr}`);
  return program;
}

/** The float in holding registers 3 and 4, low word first, as mbpoll reads it. */
function heldSetpoint(port: number): number {
  const { stdout, stderr } = spawnSync(
    '/usr/bin/mbpoll',
    ['-m', 'tcp', '-p', String(port), '-a', '1', '-t', '4:float', '-r', '3', '-c', '1', '-1', '127.0.0.1'],
    { encoding: 'utf8' },
  );
  const value = /\[3\]:\s*(\S+)/.exec(stdout)?.[1];
  if (value === undefined) throw new Error(`mbpoll: ${stdout}${stderr}`);
  return Number(value);
}

describe.skipIf(missing)('a Modbus server by libmodbus', () => {
  it('is read and written correctly', async () => {
    const folder = temporaryFolder();
    const port = await freePort();
    const pump = spawn(compile(folder.path), [String(port)], { stdio: ['ignore', 'pipe', 'ignore'] });
    let said = '';
    pump.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const product = await startWithOneDevice({
      id: 'BP-9',
      model: 'generic/booster-pump-set',
      connection: { host: '127.0.0.1', port, unit: 1 },
      commands: 'enabled',
    });
    try {
      await until('the pump listens', 30_000, () => said.includes('ready'));
      const values = await product.values('autoMode', 'motorCurrent', 'outletPressure');
      const of = (point: string) => values[point] ?? Number.NaN;
      expect(of('outletPressure')).toBeCloseTo(0.45, 5);
      expect(of('inletPressure')).toBeCloseTo(0.25, 5);
      expect(of('tankLevel')).toBeCloseTo(78.5, 5);
      expect(of('outputFrequency')).toBeCloseTo(42, 5);
      expect(of('motorCurrent')).toBeCloseTo(12, 5);
      expect([of('pump1Running'), of('pump2Running'), of('autoMode'), of('dryRun')]).toEqual([1, 0, 1, 0]);

      expect(heldSetpoint(port)).toBeCloseTo(0.45, 5);
      expect(await product.command('pressureSetpoint', 0.6)).toMatchObject({ state: 'confirmed' });
      expect(heldSetpoint(port)).toBeCloseTo(0.6, 5);
    } finally {
      await product.stop();
      pump.kill('SIGKILL');
      folder.remove();
    }
  }, 180_000);
});
