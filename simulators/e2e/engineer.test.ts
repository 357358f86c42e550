// The engineer on site at a simulated pump: finds it, looks at it, plans its line and reads the values that it has, each by
// the gateway's own command; as Modbus TCP and behind a converter that passes RTU frames on.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { PointValue } from '../plant/plant.ts';
import { modbusModel, startToldUnit } from '../protocols/modbus/told-unit.fixture.ts';
import { startProgram, temporaryFolder } from './product.ts';

const MODEL = 'generic/booster-pump-set';

async function engineer(...words: string[]): Promise<{ code: unknown; out: string; err: string }> {
  const program = startProgram('gateway/app/main.js', words, {});
  const code = await program.ended;
  return { code, out: program.stdout(), err: program.stderr() };
}

describe.each(['tcp', 'rtu-over-tcp'] as const)('the engineer on site, over %s', (transport) => {
  let folder: ReturnType<typeof temporaryFolder>;
  let unit: Awaited<ReturnType<typeof startToldUnit>>;
  let values: Record<string, PointValue>;
  let config: string;

  beforeEach(async () => {
    folder = temporaryFolder();
    const measured = { outletPressure: 0.45, pressureSetpoint: 0.5, inletPressure: 0.25, tankLevel: 78.5 };
    const states = { pump1Running: 1, pump2Running: 0, pump1Fault: 0, pump2Fault: 0, autoMode: 1, dryRun: 0 };
    values = { ...measured, ...states, outputFrequency: 42.35, motorCurrent: 12.3, roomFlood: 0 };
    unit = await startToldUnit(modbusModel(MODEL), values, transport);
    config = join(folder.path, 'gateway.yaml');
    const connection = { transport, host: '127.0.0.1', port: unit.port, unit: 1 };
    const uplink = { url: 'mqtt://127.0.0.1:1' };
    writeFileSync(
      config,
      stringify({ gateway: 'gw-e', dataDir: './data', uplink, devices: [{ id: 'BP-1', model: MODEL, connection }] }),
    );
  });
  afterEach(async () => {
    await unit.stop();
    folder.remove();
  });
  const place = () => [`127.0.0.1:${unit.port}`, '--transport', transport];

  it('scan and probe find the unit and what it has where', async () => {
    const found = await engineer('scan', ...place(), '--units', '1-3', '--timeout-ms', '2000');
    expect([found.code, found.err]).toEqual([0, '']);
    expect(found.out).toContain('1 of 3 answer: 1');
    const probed = await engineer('probe', ...place(), '--unit', '1', '--timeout-ms', '2000');
    expect([probed.code, probed.err]).toEqual([0, '']);
    // Pump 1 runs; no pump has coils or input registers. 0.45 with the low word first begins with 0x6666.
    expect(probed.out).toMatch(/discrete 0: 1 \(\d+ ms\)/);
    expect(probed.out).toMatch(new RegExp(`holding 0: ${0x6666}( |\\b)`));
    expect(probed.out).toContain('input 0: exception 02');
    expect(probed.out).toContain('coil 0: exception 02');
  });

  it('plan counts the requests of its line, and read says every value that the pump has', async () => {
    const plan = await engineer('plan', '--config', config, '--json');
    expect([plan.code, plan.err]).toEqual([0, '']);
    const { buses } = JSON.parse(plan.out) as { buses: { requestsPerS: number; devices: { id: string }[] }[] };
    expect(buses.map(({ devices }) => devices.map(({ id }) => id))).toEqual([['BP-1']]);
    expect(buses[0]?.requestsPerS).toBeGreaterThan(0);

    const read = await engineer('read', '--config', config, 'BP-1');
    expect([read.code, read.err]).toEqual([0, '']);
    const told = new Map(
      [...read.out.matchAll(/^ {2}(\w+): (\S+)/gm)].map(([, point, value]) => [point, Number(value)]),
    );
    expect([...told.keys()].sort()).toEqual(Object.keys(values).sort());
    for (const [point, value] of Object.entries(values)) expect(told.get(point), point).toBeCloseTo(Number(value), 5);

    values['tankLevel'] = null;
    unit.changed();
    const open = await engineer('read', '--config', config, 'BP-1', 'tankLevel');
    expect([open.code, open.out]).toEqual([1, expect.stringContaining('tankLevel: sensor-open')]);
  });
});
