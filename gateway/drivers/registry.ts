// The protocols this gateway speaks. Nothing else knows them: configuration, births and start-up go through this list.
import { modbusDriver } from './modbus/driver.ts';
import { mqttDriver } from './mqtt/driver.ts';
import { opcuaDriver } from './opcua/driver.ts';
import type { DriverDefinition } from './port.ts';
import { sparkplugDriver } from './sparkplug/driver.ts';

export const DRIVERS: readonly DriverDefinition[] = [modbusDriver, opcuaDriver, mqttDriver, sparkplugDriver];

/** @returns the driver of a protocol, or undefined when the gateway does not speak it. */
export const driverFor = (protocol: string): DriverDefinition | undefined =>
  DRIVERS.find((driver) => driver.protocol === protocol);
