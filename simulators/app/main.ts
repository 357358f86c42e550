// `npm run simulators`: a simulated building on real sockets of this machine.
import { accessSync, constants, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigurationError } from '@louwei/device-profiles';
import { isAlive, readAddress, removeAddress, writeAddress } from './address-file.ts';
import { runFleet } from './fleet.ts';
import type { Simulators, SimulatorsOptions } from './simulators.ts';

const USAGE = `usage: npm run simulators -- [--building FILE] [--data DIR]
         [--write-gateway-config FILE --uplink-url mqtt://HOST:PORT --gateway-data DIR --password-file FILE
          [--management-key-file FILE]]
       npm run simulators -- --fleet DEVICES [--points COUNT] [--port FIRST] [--change-ms MS] [--data DIR]`;

function leave(message: string): never {
  console.error(message);
  process.exit(2);
}

function readOptions(args: readonly string[]): SimulatorsOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      building: { type: 'string', default: join(import.meta.dirname, '../building.yaml') },
      data: { type: 'string', default: process.env['LOUWEI_DATA_DIR'] ?? './data' },
      'write-gateway-config': { type: 'string' },
      'uplink-url': { type: 'string' },
      'gateway-data': { type: 'string' },
      'password-file': { type: 'string' },
      'management-key-file': { type: 'string' },
    },
  });
  const configFile = values['write-gateway-config'];
  const uplinkUrl = values['uplink-url'];
  const gatewayData = values['gateway-data'];
  const passwordFile = values['password-file'];
  const managementKeyFile = values['management-key-file'];
  const base = { buildingFile: resolve(values.building), dataDir: resolve(values.data) };
  if (configFile === undefined) {
    if (uplinkUrl !== undefined || gatewayData !== undefined || passwordFile !== undefined)
      throw new Error('--uplink-url, --gateway-data and --password-file go with --write-gateway-config');
    return base;
  }
  if (uplinkUrl === undefined || gatewayData === undefined || passwordFile === undefined)
    throw new Error('--write-gateway-config needs --uplink-url, --gateway-data and --password-file');
  const url = URL.canParse(uplinkUrl) ? new URL(uplinkUrl) : undefined;
  if (url?.protocol !== 'mqtt:' || url.hostname === '')
    throw new Error(`--uplink-url: found ${uplinkUrl}, expected mqtt://HOST:PORT`);
  return {
    ...base,
    gateway: {
      configFile: resolve(configFile),
      uplink: { host: url.hostname, port: url.port === '' ? 1883 : Number(url.port) },
      dataDir: resolve(gatewayData),
      passwordFile: resolve(passwordFile),
      ...(managementKeyFile === undefined ? {} : { managementKeyFile: resolve(managementKeyFile) }),
    },
  };
}

function optionsOrLeave(): SimulatorsOptions {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    leave(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}

async function startOrLeave(options: SimulatorsOptions): Promise<Simulators> {
  const { dataDir } = options;
  try {
    mkdirSync(dataDir, { recursive: true });
    accessSync(dataDir, constants.W_OK);
  } catch (error) {
    leave(`the data directory ${dataDir} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
  const other = readAddress(dataDir);
  if (other !== undefined && (await isAlive(other)))
    leave(
      `simulators of process ${other.pid} already run on the data directory ${dataDir}; stop them or choose another with --data`,
    );
  try {
    // Loaded when wanted: a fleet does without physics and OPC UA, which are most of the program's memory.
    const { startSimulators } = await import('./simulators.ts');
    return await startSimulators(options);
  } catch (error) {
    if (error instanceof ConfigurationError) leave(error.message);
    throw error;
  }
}

async function runBuilding(): Promise<void> {
  const options = optionsOrLeave();
  const simulators = await startOrLeave(options);
  writeAddress(options.dataDir, { controlPort: simulators.controlPort, pid: process.pid });

  let stopping = false;
  async function stop(): Promise<void> {
    if (stopping) return;
    stopping = true;
    removeAddress(options.dataDir);
    // Sockets that do not close in time must not keep the process.
    setTimeout(() => process.exit(0), 3000).unref();
    await simulators.stop();
    process.exit(0);
  }
  process.on('SIGINT', () => void stop());
  process.on('SIGTERM', () => void stop());
  if (process.send !== undefined) {
    process.on('disconnect', () => void stop());
    process.send({ ready: true, deviceCount: simulators.deviceCount });
  } else {
    console.log(
      `${simulators.deviceCount} simulated devices are running; \`npm run sim -- list\` shows them and their faults`,
    );
  }
}

const args = process.argv.slice(2);
const isFleet = args.some((argument) => argument === '--fleet' || argument.startsWith('--fleet='));
await (isFleet ? runFleet(args) : runBuilding());
