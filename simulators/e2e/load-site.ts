// A site that makes load: MQTT devices on a field broker of their own whose every point changes every second, with a
// class that raises alarms all the time, and the gateway configuration to read them.
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Aedes } from 'aedes';
import { LOAD_MODEL, loadPoints, loadValue, writeLoadProfiles, writeYaml } from '../fleet/load-profile.ts';

export interface LoadSite {
  readonly gatewayConfig: string;
  /** Folder with the class and model of the load devices. */
  readonly profiles: string;
  /** Publishes every point of every device once a second until stopped. */
  startTraffic(): void;
  stopTraffic(): void;
  stop(): Promise<void>;
}

export interface LoadSiteOptions {
  readonly folder: string;
  readonly gateway: string;
  readonly devices: number;
  readonly pointsPerDevice: number;
  readonly uplinkUrl: string;
  readonly passwordFile: string;
  readonly healthPort: number;
}

const both = (text: string) => ({ zh: text, en: text });

export async function createLoadSite(options: LoadSiteOptions): Promise<LoadSite> {
  const points = loadPoints(options.pointsPerDevice);
  const broker = await Aedes.createBroker();
  const server = createServer(broker.handle);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  const profiles = join(options.folder, 'load-profiles');
  writeLoadProfiles(profiles, options.pointsPerDevice);
  const gatewayConfig = join(options.folder, 'gateway.yaml');
  writeYaml(gatewayConfig, {
    gateway: options.gateway,
    dataDir: './gateway',
    uplink: { url: options.uplinkUrl, username: options.gateway, passwordFile: options.passwordFile },
    profiles: [profiles],
    health: { port: options.healthPort },
    devices: Array.from({ length: options.devices }, (_, index) => ({
      id: `L-${index}`,
      model: LOAD_MODEL.mqtt,
      name: both(`L-${index}`),
      place: { site: 'S', building: 'B', floor: '', room: '' },
      connection: { url: `mqtt://127.0.0.1:${port}`, baseTopic: `load/${index}` },
    })),
  });

  let timer: NodeJS.Timeout | undefined;
  let tick = 0;
  const publishAll = () => {
    tick++;
    for (let device = 0; device < options.devices; device++) {
      const payload = Object.fromEntries(points.map((point, index) => [point, loadValue(device, index, tick)]));
      broker.publish(
        {
          cmd: 'publish',
          topic: `load/${device}/state`,
          payload: Buffer.from(JSON.stringify(payload)),
          qos: 0,
          retain: false,
          dup: false,
        },
        () => undefined,
      );
    }
  };
  const stopTraffic = () => clearInterval(timer);
  return {
    gatewayConfig,
    profiles,
    startTraffic: () => {
      timer = setInterval(publishAll, 1000);
    },
    stopTraffic,
    async stop() {
      stopTraffic();
      await new Promise<void>((done) => broker.close(() => done()));
      await new Promise((done) => server.close(done));
    },
  };
}
