// A Modbus server that is not ours (pymodbus), laid out as a pump panel: written through server and gateway by FC 16, read
// back, and looked at with a client of our own; a gateway that is not told to take commands stays read-only.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { signIn } from './client.ts';
import { freePort, partsMissing, startProduct, startProgram, temporaryFolder, until } from './product.ts';

const PYTHON = '/usr/bin/python3';
const missing = partsMissing(PYTHON, '/usr/lib/python3/dist-packages/pymodbus');

interface Command {
  readonly id: string;
  readonly state: string;
  readonly outcome: string | null;
}

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
    const folder = temporaryFolder();
    const port = await freePort();
    const pump = spawn(PYTHON, [join(import.meta.dirname, 'foreign_pump.py'), String(port)], { stdio: 'ignore' });
    const server = await startProduct({ script: 'server/app/main.ts', env: { LOUWEI_BUILTIN_GATEWAY: 'gw-x' } });
    const config = join(folder.path, 'gateway.yaml');
    const start = (commands: 'enabled' | 'disabled') => {
      writeFileSync(
        config,
        stringify({
          gateway: 'gw-x',
          dataDir: './gateway',
          commands,
          uplink: {
            url: `mqtt://127.0.0.1:${server.mqttPort}`,
            username: 'gw-x',
            passwordFile: join(server.dataDir, 'secrets/gateway-gw-x.json'),
          },
          devices: [
            { id: 'BP-9', model: 'generic/booster-pump-set', connection: { host: '127.0.0.1', port, unit: 1 } },
          ],
        }),
      );
      return startProgram('gateway/app/main.js', ['--config', config], {});
    };
    let gateway = start('disabled');
    try {
      await until(
        'the pump listens',
        20_000,
        () =>
          new Promise<boolean>((done) => {
            const socket = connect(port, '127.0.0.1', () => {
              socket.destroy();
              done(true);
            });
            socket.on('error', () => done(false));
          }),
      );
      const client = await signIn(server.url);
      const command = async (value: number): Promise<Command> => {
        await until('the pump answers', 40_000, async () => {
          const { values } = await client.get<{ values: { point: string; quality: string }[] }>(
            '/api/v1/equipment/BP-9',
          );
          return values.some(({ point, quality }) => point === 'autoMode' && quality === 'good');
        });
        const issued = await until('the command is taken', 20_000, async () => {
          const body = { equipmentId: 'BP-9', point: 'pressureSetpoint', value, reason: 'foreign server' };
          const answer = await client.send<Command>('POST', '/api/v1/commands', body);
          return answer.status === 202 && answer.body;
        });
        return until('the command ends', 60_000, async () => {
          const { items } = await client.get<{ items: Command[] }>('/api/v1/commands?equipmentId=BP-9');
          return items.find((one) => one.id === issued.id && one.state !== 'sent');
        });
      };

      const refused = await command(0.6);
      expect(refused).toMatchObject({ state: 'refused' });
      expect(refused.outcome).toContain('read-only');
      expect(await heldSetpoint(port)).toBeCloseTo(0.45, 5);

      await gateway.stop();
      gateway = start('enabled');
      await until('the gateway is back', 40_000, async () => {
        const { items } = await client.get<{ items: { online: boolean }[] }>('/api/v1/gateways');
        return items.some(({ online }) => online) && gateway.stdout().includes('ready');
      });
      expect(await command(0.6)).toMatchObject({ state: 'confirmed' });
      expect(await heldSetpoint(port)).toBeCloseTo(0.6, 5);
    } finally {
      await gateway.stop();
      await server.stop();
      pump.kill('SIGKILL');
      folder.remove();
    }
  }, 180_000);
});
