// A server and a gateway with one device, which stands where the test says: the set-up of every test with a foreign peer.
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Client, signIn } from './client.ts';
import { startProduct, startProgram, temporaryFolder, until } from './product.ts';

export interface Command {
  readonly id: string;
  readonly state: string;
  readonly outcome: string | null;
}

export interface OneDevice {
  readonly client: Client;
  /** Values of the device by point, once each of the points named has a good one. */
  values(...points: readonly string[]): Promise<Readonly<Record<string, number>>>;
  /** Commands the device through the server. @returns the command when it has ended. */
  command(point: string, value: number): Promise<Command>;
  /** The gateway anew, read-only or not; when it is connected. */
  restart(commands: 'enabled' | 'disabled'): Promise<void>;
  stop(): Promise<void>;
}

export interface OneDeviceOptions {
  readonly id: string;
  readonly model: string;
  readonly connection: Readonly<Record<string, string | number>>;
  /** Default: as the gateway comes, read-only. */
  readonly commands?: 'enabled' | 'disabled';
}

const GATEWAY = 'gw-x';

export async function startWithOneDevice({ commands, ...device }: OneDeviceOptions): Promise<OneDevice> {
  const folder = temporaryFolder();
  const server = await startProduct({ script: 'server/app/main.ts', env: { LOUWEI_BUILTIN_GATEWAY: GATEWAY } });
  const startGateway = (given: OneDeviceOptions['commands']) => {
    const config = join(folder.path, 'gateway.yaml');
    const file = {
      gateway: GATEWAY,
      dataDir: './gateway',
      ...(given === undefined ? {} : { commands: given }),
      uplink: {
        url: `mqtt://127.0.0.1:${server.mqttPort}`,
        username: GATEWAY,
        passwordFile: join(server.dataDir, `secrets/gateway-${GATEWAY}.json`),
      },
      devices: [
        {
          ...device,
          name: { zh: '外来设备', en: 'Foreign device' },
          place: { site: 'S', building: 'B', floor: '1', room: 'R' },
        },
      ],
    };
    writeFileSync(config, stringify(file));
    return startProgram('gateway/app/main.js', ['--config', config], {});
  };
  let gateway = startGateway(commands);
  const stop = async (): Promise<void> => {
    await gateway.stop();
    await server.stop();
    folder.remove();
  };
  const client = await signIn(server.url).catch(async (error: unknown) => {
    await stop();
    throw error;
  });

  const path = `/api/v1/equipment/${device.id}`;
  return {
    client,
    values: (...points) =>
      until(`${device.id} has ${points.join(', ')}`, 60_000, async () => {
        const { values } = await client.get<{ values: { point: string; value: number; quality: string }[] }>(path);
        const good = new Set(values.filter(({ quality }) => quality === 'good').map(({ point }) => point));
        return points.every((point) => good.has(point)) && Object.fromEntries(values.map((v) => [v.point, v.value]));
      }),
    async command(point, value) {
      const issued = await until('the command is taken', 30_000, async () => {
        const body = { equipmentId: device.id, point, value, reason: 'end-to-end test' };
        const answer = await client.send<Command>('POST', '/api/v1/commands', body);
        return answer.status === 202 && answer.body;
      });
      return until('the command ends', 60_000, async () => {
        const { items } = await client.get<{ items: Command[] }>(`/api/v1/commands?equipmentId=${device.id}`);
        return items.find((one) => one.id === issued.id && one.state !== 'sent');
      });
    },
    async restart(given) {
      await gateway.stop();
      gateway = startGateway(given);
      await until('the gateway is back', 60_000, async () => {
        const { items } = await client.get<{ items: { online: boolean }[] }>('/api/v1/gateways');
        return items.some(({ online }) => online) && gateway.stdout().includes('ready');
      });
    },
    stop,
  };
}

/** Until somebody takes connections at the port. */
export const listens = (what: string, port: number): Promise<boolean> =>
  until(
    `${what} listens`,
    30_000,
    () =>
      new Promise<boolean>((done) => {
        const socket = connect(port, '127.0.0.1', () => {
          socket.destroy();
          done(true);
        });
        socket.on('error', () => done(false));
      }),
  );
