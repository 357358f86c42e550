// A Modbus server that is not ours (pymodbus), laid out as a Eastron SDM630, read through gateway and server.
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

describe.skipIf(missing)('a foreign Modbus server', () => {
  it.each(['tcp', 'rtu-over-tcp'])(
    'laid out as an SDM630 is read correctly into /api/v1/equipment/{id} over %s',
    async (transport) => {
      const folder = temporaryFolder();
      const port = await freePort();
      const meter = spawn(PYTHON, [join(import.meta.dirname, 'foreign_modbus.py'), String(port), transport], {
        stdio: 'ignore',
      });
      const server = await startProduct({ script: 'server/app/main.ts', env: { LOUWEI_BUILTIN_GATEWAY: 'gw-x' } });
      const config = join(folder.path, 'gateway.yaml');
      writeFileSync(
        config,
        stringify({
          gateway: 'gw-x',
          dataDir: './gateway',
          uplink: {
            url: `mqtt://127.0.0.1:${server.mqttPort}`,
            username: 'gw-x',
            passwordFile: join(server.dataDir, 'secrets/gateway-gw-x.json'),
          },
          devices: [
            {
              id: 'LV-9',
              model: 'eastron/sdm630',
              name: { zh: '外来电表', en: 'Foreign meter' },
              place: { site: 'S', building: 'B', floor: '1', room: 'R' },
              connection: { transport, host: '127.0.0.1', port, unit: 1 },
            },
          ],
        }),
      );
      const gateway = startProgram('gateway/app/main.js', ['--config', config], {});
      try {
        await until(
          'the meter listens',
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
        const values = await until('the meter has values', 40_000, async () => {
          const { values: all } = await client.get<{ values: { point: string; value: number; quality: string }[] }>(
            '/api/v1/equipment/LV-9',
          );
          return all.find((value) => value.point === 'energyImport' && value.quality === 'good') ? all : undefined;
        });
        const of = (point: string) => values.find((value) => value.point === point)?.value ?? Number.NaN;
        expect(of('voltageL1')).toBeCloseTo(230.2, 3);
        expect(of('voltageL2')).toBeCloseTo(231.4, 3);
        expect(of('voltageL3')).toBeCloseTo(229.8, 3);
        expect(of('currentL3')).toBeCloseTo(13.25, 4);
        expect(of('powerFactor')).toBeCloseTo(0.97, 4);
        expect(of('frequency')).toBeCloseTo(50.02, 3);
        expect(of('energyImport')).toBeCloseTo(123456.5, 2);
        // The SDM630 gives W; the class wants kW.
        expect(of('activePower')).toBeCloseTo(8.30075, 4);
      } finally {
        await gateway.stop();
        await server.stop();
        meter.kill('SIGKILL');
        folder.remove();
      }
    },
    120_000,
  );
});
