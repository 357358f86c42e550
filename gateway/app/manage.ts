// What each request of the host does here.
import type { LoadedLibrary } from '@louwei/device-profiles';
import type { DriverDefinition } from '../drivers/port.ts';
import { describe, identifyDevice, testRead, withSecrets } from '../management/methods.ts';
import { Refused } from '../management/requests.ts';
import type { DeviceEntry, RequestCall } from '../uplink/sparkplug/request.ts';
import type { Configuration } from './configuration.ts';
import { type ConfiguredDevice, parseDevices } from './devices.ts';
import type { Gateway } from './gateway.ts';

export interface ManageOptions {
  readonly configuration: Configuration;
  readonly gateway: Pick<Gateway, 'driver'>;
  readonly drivers: readonly DriverDefinition[];
  readonly library: () => Promise<LoadedLibrary>;
}

export const createPerform =
  ({ configuration, gateway, drivers, library }: ManageOptions) =>
  async (call: RequestCall): Promise<unknown> => {
    const { running } = configuration;
    switch (call.method) {
      case 'describe':
        return describe(configuration.version, running.entries, drivers);
      case 'test-read': {
        const device = oneDevice(call.device, running.entries, await library(), drivers);
        return testRead(device, { dataDir: running.dataDir, running: gateway.driver(device.driver) });
      }
      case 'identify':
        return identifyDevice(call, await library());
      case 'configure':
        return configuration.configure(call);
    }
  };

/** @throws Refused; its problems begin at `device`, for there is one. */
function oneDevice(
  entry: DeviceEntry,
  known: readonly DeviceEntry[],
  library: LoadedLibrary,
  drivers: readonly DriverDefinition[],
): ConfiguredDevice {
  try {
    const parsed = parseDevices(withSecrets([entry], known, drivers), library, drivers);
    if (!parsed.ok) throw new Refused('invalid', 'the device is not described as it has to be', parsed.problems);
    const [device] = parsed.devices;
    if (device === undefined) throw new Refused('invalid', 'there is no device');
    return device;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const problems = error.problems.map(({ path, message }) => ({
      path: path.replace(/^devices\.0/, 'device'),
      message,
    }));
    throw new Refused(error.code, error.message, problems);
  }
}
