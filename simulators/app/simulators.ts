// The whole simulated building, from files to sockets: create, start, stop.
import { loadLibrary } from '@louwei/device-profiles';
import { loadBuilding } from './building.ts';
import { startControl } from './control.ts';
import { createDirection } from './direction.ts';
import { writeGatewayConfig } from './gateway-config.ts';
import { type Line, startLine } from './line.ts';
import { loadScenarios } from './scenario.ts';
import { startSockets } from './sockets.ts';
import { createWorld, STEP_MS } from './world.ts';

export interface SimulatorsOptions {
  readonly buildingFile: string;
  readonly dataDir: string;
  /** Absent: no gateway configuration is written and there is no line to cut. */
  readonly gateway?:
    | {
        readonly configFile: string;
        readonly uplink: { readonly host: string; readonly port: number };
        readonly dataDir: string;
        readonly passwordFile: string;
        /** Absent: the gateway obeys no requests. */
        readonly managementKeyFile?: string;
      }
    | undefined;
}

export interface Simulators {
  readonly controlPort: number;
  readonly deviceCount: number;
  readonly connections: ReadonlyMap<string, Readonly<Record<string, string | number>>>;
  stop(): Promise<void>;
}

/** @throws ConfigurationError when the building, the library or a scenario is broken. */
export async function startSimulators(options: SimulatorsOptions): Promise<Simulators> {
  const building = loadBuilding(options.buildingFile, loadLibrary());
  const scenarios = loadScenarios();
  const world = createWorld(building, Date.now());
  const sockets = await startSockets(building, world.devices, options.dataDir);
  let line: Line | undefined;
  if (options.gateway !== undefined) {
    line = await startLine(options.gateway.uplink);
    writeGatewayConfig(building, {
      file: options.gateway.configFile,
      uplinkUrl: `mqtt://127.0.0.1:${line.port}`,
      gatewayData: options.gateway.dataDir,
      passwordFile: options.gateway.passwordFile,
      managementKeyFile: options.gateway.managementKeyFile,
      connections: sockets.connections,
      certificateFiles: sockets.certificateFiles,
    });
  }
  const direction = createDirection(world, scenarios, line);
  const control = await startControl(direction, Date.now);
  const timer = setInterval(() => {
    const nowMs = Date.now();
    direction.advance(nowMs);
    if (world.advance(nowMs)) sockets.update(nowMs);
  }, STEP_MS);
  return {
    controlPort: control.port,
    deviceCount: world.devices.length,
    connections: sockets.connections,
    async stop() {
      clearInterval(timer);
      await Promise.all([control.stop(), sockets.stop(), line?.stop()]);
    },
  };
}
