// Where `npm start` puts everything: ports, addresses and folders, from the environment.
import { join, resolve } from 'node:path';
import { freePort } from '../protocols/listen.ts';

/** The gateway of the simulated building. */
export const GATEWAY_ID = 'gw-1';

export interface Setting {
  readonly dataDir: string;
  readonly httpPort: string;
  readonly mqttPort: string;
  /** Where people and `/readyz` are. */
  readonly url: string;
  /** Broker the building's line leads to. */
  readonly uplinkUrl: string;
  readonly gatewayConfig: string;
  readonly gatewaySecret: string;
  /** Public key of the server's requests to gateways. */
  readonly managementKey: string;
}

/** @throws Error with one line for the terminal. Wrong ports are left to the server, which names them all. */
export async function readSetting(env: NodeJS.ProcessEnv): Promise<Setting> {
  const dataDir = resolve(env['LOUWEI_DATA_DIR'] || './data');
  const httpPort = await portOf(env['LOUWEI_HTTP_PORT'], '8080');
  const mqttPort = await portOf(env['LOUWEI_MQTT_PORT'], '1883');
  const host = env['LOUWEI_HTTP_HOST'] ?? '0.0.0.0';
  return {
    dataDir,
    httpPort,
    mqttPort,
    url: `http://${host === '0.0.0.0' || host === '::' || host === '' ? 'localhost' : host}:${httpPort}`,
    uplinkUrl: uplinkOf(env['LOUWEI_MQTT_URL'] || undefined, mqttPort),
    gatewayConfig: join(dataDir, 'gateway.yaml'),
    gatewaySecret: join(dataDir, 'secrets/gateway-gw-1.json'),
    managementKey: join(dataDir, 'management-key.txt'),
  };
}

/** Port 0 means any: it is chosen here, because several programs must know it. */
const portOf = async (given: string | undefined, usual: string): Promise<string> =>
  given === '0' ? String(await freePort()) : given || usual;

function uplinkOf(external: string | undefined, mqttPort: string): string {
  if (external === undefined) return `mqtt://127.0.0.1:${mqttPort}`;
  const url = URL.canParse(external) ? new URL(external) : undefined;
  if (url?.protocol !== 'mqtt:' || url.hostname === '')
    throw new Error(
      'LOUWEI_MQTT_URL: npm start expects mqtt://HOST:PORT, because the gateway of the simulated building speaks plain MQTT; for other brokers run `npm run server` and `npm run gateway` by themselves',
    );
  return `mqtt://${url.hostname}:${url.port || '1883'}`;
}
