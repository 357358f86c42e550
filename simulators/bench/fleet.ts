// Child process of the gateway bench: N Modbus TCP devices whose every register changes once a second. Prints its ports.
import type { ModbusModel } from '@louwei/device-profiles';
import type { SimulatedDevice } from '../protocols/device.ts';
import { startModbusPort } from '../protocols/modbus/server.ts';
import { FLEET_MODEL, fleetPoint } from './fleet-profile.ts';

const devices = Number(process.argv[2]);
const points = Number(process.argv[3]);

let version = 0;
setInterval(() => {
  version++;
}, 1000);

const ports: number[] = [];
for (let index = 0; index < devices; index++) {
  const device: SimulatedDevice<ModbusModel> = {
    id: `M-${index}`,
    model: FLEET_MODEL(points),
    values: () =>
      Object.fromEntries(
        Array.from({ length: points }, (_, point) => [fleetPoint(point), (version + index + point) % 60_000]),
      ),
    version: () => version,
    offline: () => false,
  };
  ports.push((await startModbusPort([{ unit: 1, device }])).port);
}
console.log(JSON.stringify(ports));
