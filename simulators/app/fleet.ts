// `npm run simulators -- --fleet N --points M`: serves a fleet for load tests and writes what a gateway needs to read it.
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startFleet } from '../fleet/fleet.ts';
import { LOAD_MODEL, writeLoadProfiles, writeYaml } from '../fleet/load-profile.ts';

const USAGE =
  'usage: npm run simulators -- --fleet DEVICES [--points COUNT] [--port FIRST] [--change-ms MS] [--data DIR]';
/** Registers one read can bring. */
const MOST_POINTS = 125;
const LAST_PORT = 65_535;

/** Prints one line of JSON when every device listens; runs until SIGINT or SIGTERM. Exit code 2 for a wrong option. */
export async function runFleet(args: readonly string[]): Promise<void> {
  try {
    const { devices, points, port, changeMs, dataDir } = readOptions(args);
    const profiles = join(dataDir, 'fleet/profiles');
    const devicesFile = join(dataDir, 'fleet/devices.yaml');
    const fleet = await startFleet({ devices, points, port, changeMs });
    writeLoadProfiles(profiles, points);
    const listed = fleet.devices.map((device) => ({
      id: device.id,
      model: LOAD_MODEL.modbus,
      name: { zh: `负载 ${device.id}`, en: `Load ${device.id}` },
      place: { site: 'Load', building: 'Fleet', floor: '1', room: '1' },
      connection: { host: '127.0.0.1', port: device.port, unit: 1 },
    }));
    writeYaml(devicesFile, { devices: listed });
    const stop = (): void => void fleet.stop().then(() => process.exit(0));
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    const first = fleet.devices[0]?.port;
    const last = fleet.devices.at(-1)?.port;
    console.log(JSON.stringify({ devices, points, firstPort: first, lastPort: last, profiles, devicesFile }));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    process.exit(2);
  }
}

function readOptions(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      fleet: { type: 'string', default: '' },
      points: { type: 'string', default: '30' },
      port: { type: 'string', default: '0' },
      'change-ms': { type: 'string', default: '1000' },
      data: { type: 'string', default: process.env['LOUWEI_DATA_DIR'] ?? './data' },
    },
  });
  const devices = whole('--fleet', values.fleet, 1, 5000);
  const port = whole('--port', values.port, 0, LAST_PORT);
  if (port + devices - 1 > LAST_PORT)
    throw new Error(
      `--port: found ${port}, expected at most ${LAST_PORT - devices + 1}, so that ${devices} ports follow`,
    );
  return {
    devices,
    points: whole('--points', values.points, 1, MOST_POINTS),
    port,
    changeMs: whole('--change-ms', values['change-ms'], 10, 3_600_000),
    dataDir: resolve(values.data),
  };
}

function whole(option: string, text: string, low: number, high: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= low && number <= high))
    throw new Error(`${option}: found "${text}", expected a whole number from ${low} to ${high}`);
  return number;
}
