// A site that makes load: MQTT devices on a field broker of their own whose every point changes every second, with a
// class that raises alarms all the time, and the gateway configuration to read them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Aedes } from 'aedes';
import { stringify } from 'yaml';

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
  const points = Array.from({ length: options.pointsPerDevice }, (_, index) => `p${index}`);
  const broker = await Aedes.createBroker();
  const server = createServer(broker.handle);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  const profiles = join(options.folder, 'load-profiles');
  writeYaml(join(profiles, 'classes/load-device.yaml'), classFile(points));
  writeYaml(join(profiles, 'models/load/device.yaml'), modelFile(points));
  const gatewayConfig = join(options.folder, 'gateway.yaml');
  writeYaml(gatewayConfig, {
    gateway: options.gateway,
    dataDir: './gateway',
    uplink: { url: options.uplinkUrl, username: options.gateway, passwordFile: options.passwordFile },
    profiles: [profiles],
    health: { port: options.healthPort },
    devices: Array.from({ length: options.devices }, (_, index) => ({
      id: `L-${index}`,
      model: 'load/device',
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
      // p0 passes its alarm limit of 50 for ten seconds out of twenty, each device in a phase of its own.
      const alarming = Math.floor((tick + device) / 10) % 2 === 1;
      const payload = Object.fromEntries(
        points.map((point, index) => [point, index === 0 ? (alarming ? 80 : 20) + (tick % 2) : tick + index]),
      );
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

function writeYaml(file: string, content: unknown): void {
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, stringify(content));
}

const classFile = (points: readonly string[]) => ({
  class: 'load-device',
  label: both('Load'),
  group: 'monitoring',
  points: {
    comm: { label: both('Communication'), kind: 'state', poll: 'fast', values: { 0: both('lost'), 1: both('ok') } },
    ...Object.fromEntries(
      points.map((point) => [
        point,
        { label: both(point), kind: 'analog', unit: 'm', range: [0, 1_000_000], poll: 'fast' },
      ]),
    ),
  },
  alarms: {
    'comm-loss': {
      rule: { kind: 'comm-loss' },
      priority: 3,
      onDelayS: 30,
      offDelayS: 60,
      text: both('Lost'),
      cause: both('Load'),
      consequence: both('None'),
      action: { zh: ['看'], en: ['Look'] },
      timeToRespondMin: 60,
    },
    'too-high': {
      rule: { kind: 'limit', point: 'p0', above: 50, deadband: 5 },
      priority: 2,
      text: both('Too high'),
      cause: both('Load'),
      consequence: both('None'),
      action: { zh: ['看'], en: ['Look'] },
      timeToRespondMin: 10,
      workOrder: { kind: 'emergency', skill: 'general', failureClass: 'load' },
    },
  },
  faceplate: ['p0'],
});

const modelFile = (points: readonly string[]) => ({
  model: 'load/device',
  label: both('Load'),
  class: 'load-device',
  proof: 'example',
  sources: [{ title: 'Made for load tests' }],
  protocol: 'mqtt',
  mqtt: { expectEveryS: 5 },
  points: Object.fromEntries(points.map((point) => [point, { topic: 'state', path: point }])),
  examples: [{ point: 'p0', payload: '{"p0": 20}', value: 20 }],
});
