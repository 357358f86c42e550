// The fleet as a person starts it: every device answers, and what it writes is what a gateway loads.
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LIBRARY_DIR, loadLibrary } from '@louwei/device-profiles';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FleetProcess, startFleetProcess } from '../bench/fleet-process.ts';
import { startProgram } from '../e2e/product.ts';
import { freePort } from '../protocols/listen.ts';

const POINTS = 12;
let fleet: FleetProcess;
beforeAll(async () => {
  fleet = await startFleetProcess(20, POINTS);
});
afterAll(() => fleet?.stop());

function registersOf(port: number): Promise<number[]> {
  return new Promise((done, fail) => {
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(Buffer.from([0, 1, 0, 0, 0, 6, 1, 3, 0, 0, 0, POINTS])),
    );
    socket.once('error', fail);
    socket.once('data', (answer: Buffer) => {
      done(Array.from({ length: POINTS }, (_, index) => answer.readUInt16BE(9 + index * 2)));
      socket.destroy();
    });
  });
}

describe('--fleet', () => {
  it('serves every device on a port of its own, with values of its own that move each second', async () => {
    expect(new Set(fleet.ports).size).toBe(20);
    const first = await Promise.all(fleet.ports.map(registersOf));
    // The first register is an alarm's, the others count up from the device's number.
    expect(new Set(first.map((registers) => registers[1])).size).toBe(20);
    for (const registers of first) expect(registers[2]).toBe((registers[1] ?? 0) + 1);
    const [port = 0] = fleet.ports;
    const end = Date.now() + 10_000;
    let now = first[0];
    while (now?.[1] === first[0]?.[1] && Date.now() < end) now = await registersOf(port);
    expect(now?.[1]).toBeGreaterThan(first[0]?.[1] ?? 0);
  });

  it('writes profiles that the library takes', () => {
    const { classes, models } = loadLibrary([LIBRARY_DIR, fleet.profiles]);
    expect(Object.keys(classes.get('load-device')?.points ?? {})).toHaveLength(POINTS + 1);
    for (const { model } of fleet.devices.map((device) => ({ model: String(device['model']) })))
      expect(models.get(model)?.protocol).toBe('modbus');
  });

  it('takes the ports it is told, and refuses what it cannot do in a clear line', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'louwei-fleet-'));
    const outcome = async (...args: string[]) => {
      const program = startProgram('simulators/app/main.ts', [...args, '--data', folder], {});
      return { code: await program.ended, stderr: program.stderr() };
    };
    try {
      const port = await freePort();
      const chosen = startProgram(
        'simulators/app/main.ts',
        ['--fleet=1', '--port', String(port), '--data', folder],
        {},
      );
      const end = Date.now() + 20_000;
      while (!chosen.stdout().endsWith('\n') && Date.now() < end) await new Promise((done) => setTimeout(done, 20));
      expect(JSON.parse(chosen.stdout())).toMatchObject({ firstPort: port, lastPort: port });
      expect(await registersOf(port).catch(() => [])).toBeDefined();
      const taken = await outcome('--fleet', '1', '--port', String(port));
      expect(taken).toMatchObject({ code: 2, stderr: expect.stringContaining(`EADDRINUSE`) });
      expect(await chosen.stop()).toBe(0);
      const none = await outcome('--fleet', 'many');
      expect(none.code).toBe(2);
      expect(none.stderr).toContain('--fleet: found "many", expected a whole number from 1 to 5000');
      expect((await outcome('--fleet', '9', '--points', '126')).stderr).toContain('--points: found "126"');
      expect((await outcome('--fleet', '9', '--port', '65530')).stderr).toContain('expected at most 65527');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
