// The gateway's YAML: shape, defaults and every fault with its line, down to the driver's own connection block.
import type { KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import {
  ConfigurationError,
  LIBRARY_DIR,
  type LoadedLibrary,
  loadLibrary,
  type Problem,
  parseYamlFile,
} from '@louwei/device-profiles';
import { z } from 'zod';
import type { DriverDefinition } from '../drivers/port.ts';
import { parsePublicKey } from '../management/public-key.ts';
import type { Broker } from '../uplink/connection.ts';
import type { DeliveryMode } from '../uplink/port.ts';
import type { DeviceEntry } from '../uplink/sparkplug/request.ts';
import { type ConfigFile, configFile, profilesOnly } from './config-schema.ts';
import { type ConfiguredDevice, deviceCheck, resolveDevices } from './devices.ts';

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
  /** The devices as they stand in the file. */
  readonly entries: readonly DeviceEntry[];
}

/** The shipped device library and the folders that the file adds. */
export function profileFolders(path: string): string[] {
  const file = resolve(path);
  const folders = parseYamlFile(file, profilesOnly, path);
  return [LIBRARY_DIR, ...(folders.ok ? folders.value.profiles.map((folder) => resolve(dirname(file), folder)) : [])];
}

/** A folder that is not there would leave its models unknown, without a word why. */
function missingFolders(path: string): Problem[] {
  const file = resolve(path);
  const parsed = parseYamlFile(file, profilesOnly, path);
  if (!parsed.ok) return [];
  return parsed.value.profiles.flatMap((folder, index) =>
    statSync(resolve(dirname(file), folder), { throwIfNoEntry: false })?.isDirectory() === true
      ? []
      : [
          {
            file: path,
            line: parsed.lineOf(['profiles', index]),
            field: `profiles.${index}`,
            found: JSON.stringify(folder),
            expected: 'a folder with classes or models',
          },
        ],
  );
}

const withEntries = z.looseObject({ devices: z.array(z.record(z.string(), z.unknown())) });

function entriesOf(file: string): readonly DeviceEntry[] {
  const parsed = parseYamlFile(file, withEntries);
  return parsed.ok ? parsed.value.devices : [];
}

/** @throws ConfigurationError with one problem per fault, those of extra profile folders included. */
export function readConfig(
  path: string,
  drivers: readonly DriverDefinition[],
  library: LoadedLibrary = loadLibrary(profileFolders(path)),
): GatewayConfig {
  const file = resolve(path);
  const base = dirname(file);
  const parsed = parseYamlFile(file, configFile(deviceCheck(library, drivers)), path);
  const problems = missingFolders(path);
  if (!parsed.ok) throw new ConfigurationError([...problems, ...parsed.problems]);
  const { value, lineOf } = parsed;
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
    devices: resolveDevices(value.devices, library, drivers),
    entries: entriesOf(file),
  };
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
