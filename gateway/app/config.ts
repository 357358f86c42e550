// The gateway's YAML: shape, defaults and every fault with its line, down to the driver's own connection block.
import type { KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import {
  ConfigurationError,
  type DeviceModel,
  type EquipmentClass,
  LIBRARY_DIR,
  type LoadedLibrary,
  loadLibrary,
  type Problem,
  parseYamlFile,
  pointNames,
} from '@louwei/device-profiles';
import { z } from 'zod';
import type { DriverDefinition } from '../drivers/port.ts';
import { parsePublicKey } from '../management/public-key.ts';
import type { ReportWish } from '../points/core/report.ts';
import type { Broker } from '../uplink/connection.ts';
import type { DeliveryMode } from '../uplink/port.ts';
import { type ConfigFile, configFile, profilesOnly } from './config-schema.ts';

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

export interface GatewayConfig {
  readonly gateway: string;
  readonly group: string;
  readonly hostId: string;
  readonly dataDir: string;
  readonly broker: Broker;
  readonly delivery: DeliveryMode;
  readonly healthPort: number;
  readonly commandsEnabled: boolean;
  /** The host whose requests are obeyed; null: nobody's. */
  readonly managementKey: KeyObject | null;
  readonly outbox: { readonly maxRecords: number; readonly maxBytes: number };
  readonly devices: readonly ConfiguredDevice[];
}

/** @throws ConfigurationError with one problem per fault, those of extra profile folders included. */
export function readConfig(path: string, drivers: readonly DriverDefinition[]): GatewayConfig {
  const file = resolve(path);
  const base = dirname(file);
  const folders = parseYamlFile(file, profilesOnly, path);
  const extra = folders.ok ? folders.value.profiles.map((folder) => resolve(base, folder)) : [];
  const library = loadLibrary([LIBRARY_DIR, ...extra]);
  const parsed = parseYamlFile(
    file,
    configFile((device, context) => checkDevice(device, context, library, drivers)),
    path,
  );
  if (!parsed.ok) throw new ConfigurationError(parsed.problems);
  const { value, lineOf } = parsed;
  const problems: Problem[] = [];
  const fault = (at: readonly [string, string], found: string, expected: string): void =>
    void problems.push({ file: path, line: lineOf(at), field: at.join('.'), found, expected });
  const broker = readBroker(value, base, (field, found, expected) => fault(['uplink', field], found, expected));
  const managementKey = readManagementKey(value, base, (found, expected) =>
    fault(['management', 'publicKeyFile'], found, expected),
  );
  if (problems.length > 0) throw new ConfigurationError(problems);
  return {
    gateway: value.gateway,
    group: value.group,
    hostId: value.hostId,
    dataDir: resolve(base, value.dataDir),
    broker,
    delivery: value.uplink.delivery,
    healthPort: value.health.port,
    commandsEnabled: value.commands === 'enabled',
    managementKey,
    outbox: {
      maxRecords: value.outbox.maxRecords,
      maxBytes: value.outbox.maxMegabytes === undefined ? Number.POSITIVE_INFINITY : value.outbox.maxMegabytes * 1e6,
    },
    devices: value.devices.flatMap((device) => resolveDevice(device, library, drivers)),
  };
}

type DeviceEntry = ConfigFile['devices'][number];

function checkDevice(
  device: DeviceEntry,
  context: z.core.$RefinementCtx,
  library: LoadedLibrary,
  drivers: readonly DriverDefinition[],
): void {
  const fault = (field: keyof DeviceEntry, message: string): void =>
    context.addIssue({ code: 'custom', path: [field], message });
  const model = library.models.get(device.model);
  if (model === undefined) {
    fault('model', 'a model of the device library');
    return;
  }
  if (!library.classes.has(model.class)) fault('model', `a model whose class exists; there is no class ${model.class}`);
  for (const [point, { deadband }] of Object.entries(device.report)) {
    const at = (field: string[], message: string): void =>
      context.addIssue({ code: 'custom', path: ['report', point, ...field], message });
    if (!pointNames(model).includes(point)) at([], `a point of ${device.model}: ${pointNames(model).join(', ')}`);
    else if (typeof deadband === 'string' && library.classes.get(model.class)?.points[point]?.range === undefined)
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

function resolveDevice(
  device: DeviceEntry,
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

/** A password file holds the bare secret, or JSON with `username` and `password`. */
const credentials = z.object({ username: z.string().optional(), password: z.string() });

function readBroker(
  { uplink }: ConfigFile,
  base: string,
  fault: (field: 'passwordFile' | 'caFile', found: string, expected: string) => void,
): Broker {
  const read = (field: 'passwordFile' | 'caFile', path: string | undefined): string | undefined => {
    if (path === undefined) return undefined;
    return readSecret(resolve(base, path), (reason) =>
      fault(field, `${JSON.stringify(path)} (${reason})`, 'a readable file'),
    );
  };
  let { username, password } = uplink;
  const secret = read('passwordFile', uplink.passwordFile);
  if (secret?.startsWith('{')) {
    try {
      const parsed = credentials.parse(JSON.parse(secret));
      username ??= parsed.username;
      password = parsed.password;
    } catch {
      fault('passwordFile', 'broken JSON', 'the bare secret, or JSON with username and password');
    }
  } else if (secret !== undefined) password = secret;
  const ca = read('caFile', uplink.caFile);
  return {
    url: uplink.url,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(ca === undefined ? {} : { ca }),
  };
}

function readManagementKey(
  { management }: ConfigFile,
  base: string,
  fault: (found: string, expected: string) => void,
): KeyObject | null {
  if (management === undefined) return null;
  const { publicKey, publicKeyFile } = management;
  if (publicKeyFile === undefined) return parsePublicKey(publicKey ?? '') ?? null;
  const text = readSecret(resolve(base, publicKeyFile), (reason) =>
    fault(`${JSON.stringify(publicKeyFile)} (${reason})`, 'a readable file'),
  );
  const key = text === undefined ? undefined : parsePublicKey(text);
  if (text !== undefined && key === undefined)
    fault(JSON.stringify(publicKeyFile), 'a file with an Ed25519 public key');
  return key ?? null;
}

function readSecret(file: string, unreadable: (reason: string) => void): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    unreadable(error instanceof Error && 'code' in error ? String(error.code) : 'no such file');
    return undefined;
  }
}
