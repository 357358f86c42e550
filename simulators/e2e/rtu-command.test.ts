// A command from the server on to a device that speaks RTU behind a converter: refused by a read-only gateway, then written,
// read back and confirmed.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modbusModel, startToldUnit } from '../protocols/modbus/told-unit.fixture.ts';
import { type OneDevice, startWithOneDevice } from './one-device.ts';
import { until } from './product.ts';

const MODEL = 'generic/booster-pump-set';

describe('a command to an RTU device', () => {
  const held = { outletPressure: 0.45, inletPressure: 0.25, pressureSetpoint: 0.45, autoMode: 1, dryRun: 0 };
  let unit: Awaited<ReturnType<typeof startToldUnit>>;
  let product: OneDevice;

  beforeAll(async () => {
    unit = await startToldUnit(modbusModel(MODEL), held, 'rtu-over-tcp');
    const connection = { transport: 'rtu-over-tcp', host: '127.0.0.1', port: unit.port, unit: 1 };
    product = await startWithOneDevice({ id: 'BP-7', model: MODEL, connection });
  });
  afterAll(async () => {
    await product?.stop();
    await unit?.stop();
  });

  it('is refused by a gateway that nobody told to take commands', async () => {
    const values = await product.values('autoMode', 'dryRun', 'pressureSetpoint');
    expect(values['pressureSetpoint']).toBeCloseTo(0.45, 5);
    const refused = await product.command('pressureSetpoint', 0.6);
    expect(refused).toMatchObject({ state: 'refused' });
    expect(refused.outcome).toContain('read-only');
    expect(held.pressureSetpoint).toBe(0.45);
  });

  it('is written, read back and confirmed, and the new value is shown', async () => {
    await product.restart('enabled');
    await product.values('autoMode', 'dryRun');
    const ended = await product.command('pressureSetpoint', 0.6);
    expect(ended).toMatchObject({ state: 'confirmed' });
    expect(held.pressureSetpoint).toBe(0.6);
    await until('the new value is shown', 30_000, async () => {
      const { pressureSetpoint } = await product.values('pressureSetpoint');
      return pressureSetpoint !== undefined && Math.abs(pressureSetpoint - 0.6) < 1e-5;
    });
  });
});
