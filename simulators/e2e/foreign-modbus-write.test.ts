// A Modbus server that is not ours (pymodbus), laid out as a pump panel: written through server and gateway by FC 16, read
// back, and looked at with a client of our own; a gateway that is not told to take commands stays read-only.
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listens, startWithOneDevice } from './one-device.ts';
import { freePort, partsMissing } from './product.ts';

const PYTHON = '/usr/bin/python3';
const missing = partsMissing(PYTHON, '/usr/lib/python3/dist-packages/pymodbus');

/** FC 03 of registers 2 and 3 on a connection of its own: f32 with the low word first. */
const heldSetpoint = (port: number): Promise<number> =>
  new Promise((done, fail) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.from([0, 1, 0, 0, 0, 6, 1, 3, 0, 2, 0, 2])));
    socket.once('error', fail);
    socket.once('data', (bytes) => {
      socket.destroy();
      done(Buffer.concat([bytes.subarray(11, 13), bytes.subarray(9, 11)]).readFloatBE(0));
    });
  });

describe.skipIf(missing)('a foreign Modbus server', () => {
  it('is written correctly, and not at all through a read-only gateway', async () => {
    const port = await freePort();
    const pump = spawn(PYTHON, [join(import.meta.dirname, 'foreign_pump.py'), String(port)], { stdio: 'ignore' });
    const connection = { host: '127.0.0.1', port, unit: 1 };
    const product = await startWithOneDevice({ id: 'BP-9', model: 'generic/booster-pump-set', connection });
    try {
      await listens('the pump', port);
      // Interlocks need their good values.
      await product.values('autoMode', 'dryRun');
      const refused = await product.command('pressureSetpoint', 0.6);
      expect(refused).toMatchObject({ state: 'refused' });
      expect(refused.outcome).toContain('read-only');
      expect(await heldSetpoint(port)).toBeCloseTo(0.45, 5);

      await product.restart('enabled');
      await product.values('autoMode', 'dryRun');
      expect(await product.command('pressureSetpoint', 0.6)).toMatchObject({ state: 'confirmed' });
      expect(await heldSetpoint(port)).toBeCloseTo(0.6, 5);
    } finally {
      await product.stop();
      pump.kill('SIGKILL');
    }
  }, 180_000);
});
