// The devices of a configuration: checked against the device library and the drivers, wherever the list comes from.
import {
  type DeviceModel,
  type EquipmentClass,
  faultsOf,
  type LoadedLibrary,
  pointNames,
} from '@louwei/device-profiles';
import { z } from 'zod';
import type { DriverDefinition } from '../drivers/port.ts';
import type { ReportWish } from '../points/core/report.ts';
import type { DeviceEntry, RequestProblem } from '../uplink/sparkplug/request.ts';
import { type ConfigFile, deviceList } from './config-schema.ts';

export interface ConfiguredDevice {
  readonly id: string;
  readonly name: { readonly zh: string; readonly en: string };
  readonly place: { readonly site: string; readonly building: string; readonly floor: string; readonly room: string };
  readonly model: DeviceModel;
  readonly class: EquipmentClass;
  readonly driver: DriverDefinition;
  /** Parsed by the driver's own schema. */
  readonly connection: unknown;
  readonly pollMs: { readonly fast: number; readonly normal: number; readonly slow: number };
  /** By point. */
  readonly report: Readonly<Record<string, ReportWish>>;
}

type ParsedDevices =
  | { readonly ok: true; readonly devices: readonly ConfiguredDevice[] }
  | { readonly ok: false; readonly problems: readonly RequestProblem[] };

/** Devices that do not come from the file. Problems name them as `devices.3.connection.port`. */
export function parseDevices(
  entries: readonly DeviceEntry[],
  library: LoadedLibrary,
  drivers: readonly DriverDefinition[],
): ParsedDevices {
  const raw = { devices: entries };
  const parsed = z.object({ devices: deviceList(deviceCheck(library, drivers)) }).safeParse(raw);
  if (parsed.success) return { ok: true, devices: resolveDevices(parsed.data.devices, library, drivers) };
  const problems = parsed.error.issues
    .flatMap((issue) => faultsOf(issue, raw))
    .map(({ path, found, expected }) => ({
      path: path.join('.'),
      message: `found ${found}, expected ${expected}`,
    }));
  return { ok: false, problems };
}

export const deviceCheck =
  (library: LoadedLibrary, drivers: readonly DriverDefinition[]) =>
  (device: ParsedEntry, context: z.core.$RefinementCtx): void =>
    checkDevice(device, context, library, drivers);

export const resolveDevices = (
  entries: readonly ParsedEntry[],
  library: LoadedLibrary,
  drivers: readonly DriverDefinition[],
): ConfiguredDevice[] => entries.flatMap((device) => resolveDevice(device, library, drivers));

type ParsedEntry = ConfigFile['devices'][number];

function checkDevice(
  device: ParsedEntry,
  context: z.core.$RefinementCtx,
  library: LoadedLibrary,
  drivers: readonly DriverDefinition[],
): void {
  const fault = (field: keyof ParsedEntry, message: string): void =>
    context.addIssue({ code: 'custom', path: [field], message });
  const model = library.models.get(device.model);
  if (model === undefined) {
    fault('model', `a model of the device library${ofSameMaker(device.model, library)}`);
    return;
  }
  if (!library.classes.has(model.class)) fault('model', `a model whose class exists; there is no class ${model.class}`);
  for (const [point, { deadband }] of Object.entries(device.report)) {
    const at = (field: string[], message: string): void =>
      context.addIssue({ code: 'custom', path: ['report', point, ...field], message });
    if (!pointNames(model).includes(point)) at([], `a point of ${device.model}: ${pointNames(model).join(', ')}`);
    // An OPC UA server may know the range (EURange) that the class does not.
    else if (
      model.protocol !== 'opcua' &&
      typeof deadband === 'string' &&
      library.classes.get(model.class)?.points[point]?.range === undefined
    )
      at(['deadband'], 'a number: the class gives this point no range to be a percentage of');
  }
  const driver = drivers.find(({ protocol }) => protocol === model.protocol);
  if (driver === undefined) {
    fault('model', `a model of a protocol this gateway speaks: ${drivers.map(({ protocol }) => protocol).join(', ')}`);
    return;
  }
  const connection = driver.connectionSchema.safeParse(device.connection);
  for (const issue of connection.error?.issues ?? [])
    context.addIssue({ ...issue, path: ['connection', ...issue.path] } as Parameters<typeof context.addIssue>[0]);
}

/** A mistyped product is found among the few of its maker. */
function ofSameMaker(name: string, library: LoadedLibrary): string {
  const maker = `${name.split('/')[0]}/`;
  const others = [...library.models.keys()].filter((model) => model.startsWith(maker)).sort();
  return others.length === 0 || others.length > 12 ? '' : `; of this maker: ${others.join(', ')}`;
}

function resolveDevice(
  device: ParsedEntry,
  library: LoadedLibrary,
  drivers: readonly DriverDefinition[],
): ConfiguredDevice[] {
  const model = library.models.get(device.model);
  const equipmentClass = model === undefined ? undefined : library.classes.get(model.class);
  const driver = drivers.find(({ protocol }) => protocol === model?.protocol);
  if (model === undefined || equipmentClass === undefined || driver === undefined) return [];
  const { id, place, pollMs, report } = device;
  const name = device.name ?? { zh: id, en: id };
  const connection = driver.connectionSchema.parse(device.connection);
  return [{ id, name, place, pollMs, report, model, class: equipmentClass, driver, connection }];
}
