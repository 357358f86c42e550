// What the configured schedule asks of each Modbus bus, before anything is sent.
import { join } from 'node:path';
import type { ModbusModel } from '@louwei/device-profiles';
import { pino } from 'pino';
import { busOf, lineOf, type ModbusConnection, modbusConnection } from '../drivers/modbus/connection.ts';
import { openLearnedFile } from '../drivers/modbus/learned-file.ts';
import { type BusLoad, busLoad, pollClassesOf, type ScheduledUnit, warningsOf } from '../polling/core/airtime.ts';
import type { GatewayConfig } from './config.ts';

export interface PlannedBus extends Omit<BusLoad, 'units'> {
  readonly where: string;
  readonly devices: readonly { readonly id: string; readonly requestsPerTurn: number; readonly utilisation: number }[];
  readonly warnings: readonly string[];
}

export interface PlanReport {
  readonly buses: readonly PlannedBus[];
  readonly lines: readonly string[];
  /** No bus needs more than it has. */
  readonly fits: boolean;
}

export function planReport(config: Pick<GatewayConfig, 'devices' | 'dataDir'>): PlanReport {
  const buses = [...Map.groupBy(modbusUnits(config), ({ connection }) => busOf(connection))].map(
    ([where, units]): PlannedBus => {
      const connection = units[0]?.connection;
      const { units: loads, ...load } = busLoad(units, connection === undefined ? NOWHERE : lineOf(connection));
      const fastestMs = Math.min(...units.flatMap((unit) => pollClassesOf(unit).map((one) => unit.pollMs[one])));
      return {
        where,
        ...load,
        devices: loads.map(({ id, requests, utilisation }) => ({ id, requestsPerTurn: requests.length, utilisation })),
        warnings: warningsOf({ ...load, units: loads }, fastestMs),
      };
    },
  );
  return { buses, lines: linesOf(buses), fits: buses.every(({ utilisation }) => utilisation <= 1) };
}

const NOWHERE = { kind: 'network', roundTripMs: 0 } as const;

type PlannedUnit = ScheduledUnit & { readonly connection: ModbusConnection };

function modbusUnits({ devices, dataDir }: Pick<GatewayConfig, 'devices' | 'dataDir'>): PlannedUnit[] {
  const own = devices.flatMap(({ model, ...device }) =>
    model.protocol === 'modbus' ? [{ ...device, model: model satisfies ModbusModel }] : [],
  );
  const learned = openLearnedFile(join(dataDir, 'modbus'), own, pino({ level: 'silent' }));
  return own.map((device) => ({
    id: device.id,
    model: device.model,
    class: device.class,
    pollMs: device.pollMs,
    connection: modbusConnection.parse(device.connection),
    learned: learned.load(device.id),
  }));
}

const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

function linesOf(buses: readonly PlannedBus[]): string[] {
  if (buses.length === 0) return ['no Modbus device in this configuration'];
  return buses.flatMap((bus) => [
    `${bus.where}: ${bus.devices.length} ${bus.devices.length === 1 ? 'device' : 'devices'}, ${percent(bus.utilisation)} of the line, ` +
      `${bus.requestsPerS.toFixed(2)} requests/s (at least ${bus.minimumRequestsPerS.toFixed(2)}), ` +
      `longest turn ${Math.round(bus.longestTurnMs)} ms`,
    ...bus.devices.map(
      ({ id, requestsPerTurn, utilisation }) =>
        `  ${id}: ${requestsPerTurn} ${requestsPerTurn === 1 ? 'request' : 'requests'} a turn, ${percent(utilisation)}`,
    ),
    ...bus.warnings.map((warning) => `  warning: ${warning}`),
  ]);
}
