// Writes the configuration of the gateway that reads this building, with the ports the devices really got.
import { copyFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { stringify } from 'yaml';
import type { Building } from './building.ts';
import { GATEWAY_ID } from './setting.ts';

export interface GatewayConfigOptions {
  readonly file: string;
  /** Where the gateway sends its readings. */
  readonly uplinkUrl: string;
  readonly gatewayData: string;
  readonly passwordFile: string;
  /** Key of the host whose requests the gateway obeys. */
  readonly managementKeyFile: string | undefined;
  readonly connections: ReadonlyMap<string, Readonly<Record<string, string | number>>>;
  /** Servers the gateway has to trust. */
  readonly certificateFiles: readonly string[];
}

/** The file appears whole or not at all, so that a gateway may wait for it. */
export function writeGatewayConfig(building: Building, options: GatewayConfigOptions): void {
  const config = {
    gateway: GATEWAY_ID,
    group: 'louwei',
    hostId: 'louwei',
    dataDir: options.gatewayData,
    uplink: { url: options.uplinkUrl, username: GATEWAY_ID, passwordFile: options.passwordFile },
    profiles: [],
    health: { port: 0 },
    // The simulated machines take commands; a real gateway reads only until its owner says so.
    commands: 'enabled',
    ...(options.managementKeyFile === undefined ? {} : { management: { publicKeyFile: options.managementKeyFile } }),
    devices: building.devices.map(({ settings: { id, model, name, place } }) => ({
      id,
      model,
      name,
      place,
      connection: options.connections.get(id),
    })),
  };
  trust(options);
  mkdirSync(dirname(options.file), { recursive: true });
  const unfinished = `${options.file}.${process.pid}.tmp`;
  writeFileSync(
    unfinished,
    `# Written by the simulated building at each start; changes are lost.\n${stringify(config)}`,
  );
  renameSync(unfinished, options.file);
}

/** What a commissioning engineer does by hand: a gateway trusts no OPC UA server until its certificate is put there. */
function trust({ gatewayData, certificateFiles }: GatewayConfigOptions): void {
  const folder = join(gatewayData, 'opcua', 'pki', 'trusted', 'certs');
  for (const file of certificateFiles) {
    mkdirSync(folder, { recursive: true });
    copyFileSync(file, join(folder, `simulated-building-${basename(file)}`));
  }
}
