// One simulated Modbus unit on a port of its own whose values the test sets, for clients that are not ours.
import { loadLibrary, type ModbusModel } from '@louwei/device-profiles';
import type { PointValue } from '../../plant/plant.ts';
import { startModbusPort } from './server.ts';

const { models } = loadLibrary();

export function modbusModel(name: string): ModbusModel {
  const model = models.get(name);
  if (model?.protocol !== 'modbus') throw new Error(`no Modbus model ${name}`);
  return model;
}

export async function startToldUnit(
  model: ModbusModel,
  values: Record<string, PointValue>,
  transport: 'tcp' | 'rtu-over-tcp' = 'tcp',
) {
  let version = 0;
  const device = {
    id: 'EQ-1',
    model,
    values: () => values,
    version: () => version,
    offline: () => false,
    command(point: string, value: number) {
      values[point] = value;
      version++;
    },
  };
  const { port, stop } = await startModbusPort([{ unit: 1, device }], 0, transport);
  /** To be called when the test has changed `values`. */
  const changed = (): void => {
    version++;
  };
  return { port, stop, changed };
}
