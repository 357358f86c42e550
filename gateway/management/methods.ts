// What the host may ask without changing anything: describe, test-read, identify.
import { type DeviceModel, identify, type LoadedLibrary, pointNames, UnreachableError } from '@louwei/device-profiles';
import { z } from 'zod';
import type { Driver, DriverDefinition, DriverDevice } from '../drivers/port.ts';
import { readOnce } from '../drivers/read-once.ts';
import type {
  Description,
  DeviceEntry,
  Identified,
  RequestCall,
  RequestProblem,
  TestRead,
} from '../uplink/sparkplug/request.ts';
import { maskSecrets, missingSecrets, restoreSecrets, secretFields } from './core/secrets.ts';
import { Refused } from './requests.ts';

const MOST_CANDIDATES = 10;
const MOST_EVIDENCE = 4;
const IDENTIFY_TIMEOUT_MS = 1_000;

export const connectionSchemaOf = ({ connectionSchema }: DriverDefinition): Record<string, unknown> =>
  z.toJSONSchema(connectionSchema, { io: 'input', unrepresentable: 'any' });

/** Of all drivers: a device's protocol is known by its model only, and a wrong entry has none. */
export const secretsOf = (drivers: readonly DriverDefinition[]): Set<string> =>
  new Set(drivers.flatMap((driver) => [...secretFields(connectionSchemaOf(driver))]));

export const describe = (
  configurationVersion: number,
  entries: readonly DeviceEntry[],
  drivers: readonly DriverDefinition[],
): Description => ({
  configurationVersion,
  devices: entries.map((entry) => maskSecrets(entry, secretsOf(drivers))),
  drivers: drivers.map((driver) => ({ protocol: driver.protocol, connectionSchema: connectionSchemaOf(driver) })),
});

/** @throws Refused when the mark of a secret stands where none is known. */
export function withSecrets(
  entries: readonly DeviceEntry[],
  known: readonly DeviceEntry[],
  drivers: readonly DriverDefinition[],
): DeviceEntry[] {
  const secrets = secretsOf(drivers);
  const byId = new Map(known.map((entry) => [entry['id'], entry]));
  const restored = entries.map((entry) => restoreSecrets(entry, byId.get(entry['id']), secrets));
  const problems = restored.flatMap((entry, at): RequestProblem[] =>
    missingSecrets(entry, secrets).map((field) => ({
      path: `devices.${at}.connection.${field}`,
      message: 'found the mark of a kept secret, expected the secret: the gateway has none of this device yet',
    })),
  );
  if (problems.length > 0) throw new Refused('invalid', 'secrets are missing', problems);
  return restored;
}

type TestedDevice = DriverDevice & { readonly driver: DriverDefinition };

export async function testRead(
  device: TestedDevice,
  options: { readonly dataDir: string; readonly running: Driver | undefined },
): Promise<TestRead> {
  const { online, reason, durationMs, readings } = await readOnce(device, options);
  return {
    online,
    reason,
    durationMs: Math.round(durationMs),
    connection: device.driver.describe(device.connection),
    readings: pointNames(device.model satisfies DeviceModel).map((point) => {
      const reading = readings.get(point);
      return { point, value: reading?.value ?? null, quality: reading?.quality ?? 'timeout' };
    }),
  };
}

/** @throws Refused when nothing answers. */
export async function identifyDevice(
  { host, port, unit }: Extract<RequestCall, { method: 'identify' }>,
  library: LoadedLibrary,
): Promise<Identified> {
  const target = { host, port, unit, timeoutMs: IDENTIFY_TIMEOUT_MS };
  const { candidates } = await identify(target, library).catch((error: unknown) => {
    throw error instanceof UnreachableError ? new Refused('unreachable', error.message) : error;
  });
  return {
    candidates: candidates.slice(0, MOST_CANDIDATES).map(({ model, fits, score, points, ...found }) => ({
      model: model.model,
      fits,
      // A plausible point counts 1, a nominal value more: every point plausible is as good as can be shown.
      score: Math.max(0, Math.min(1, score / Math.max(1, points.length))),
      // How addresses are counted belongs to the model: the block has no field for it, so it is among the evidence.
      connection: { host, port, unit, ...orderOf(model, found) },
      evidence: [
        ...points
          .filter(({ verdict }) => verdict === 'plausible' || verdict === 'nominal')
          .slice(0, MOST_EVIDENCE)
          .map(({ name, value, unit: inUnit }) => `${name} ${shown(value)}${inUnit === undefined ? '' : ` ${inUnit}`}`),
        ...(found.wordOrderShown ? [`word order ${found.wordOrder}`] : []),
        ...found.reasonsAgainst.slice(0, 2),
      ],
    })),
  };
}

/** Only where the device was seen to differ from its model. */
const orderOf = (
  model: DeviceModel,
  { wordOrder, wordOrderShown }: { readonly wordOrder: string; readonly wordOrderShown: boolean },
): { readonly wordOrder?: string } =>
  model.protocol === 'modbus' && wordOrderShown && model.modbus.wordOrder !== wordOrder ? { wordOrder } : {};

const shown = (value: number | string | null): string =>
  typeof value === 'number' ? String(Number(value.toPrecision(5))) : String(value);
