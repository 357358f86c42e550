// OPC UA by subscriptions: devices of one endpoint and login share one session. The library is large, so it is loaded
// only when the configuration has an OPC UA device.
import { type OpcuaModel, rawOf } from '@louwei/device-profiles';
import { createLines, type Lines } from '../lines.ts';
import type { DriverDefinition, DriverDevice } from '../port.ts';
import { type OpcuaConnection, opcuaConnection, whereOf } from './connection.ts';
import { createOpcuaDevice } from './device.ts';
import type { OpcuaEndpoint } from './endpoint.ts';

type Configured = DriverDevice<OpcuaModel, OpcuaConnection>;

const line = ({ prefix: _, ...session }: OpcuaConnection): string => JSON.stringify(session);

/** The server filters by it, so a change makes the session anew. */
const asks = ({ report = {} }: Pick<Configured, 'report'>): unknown =>
  Object.entries(report).map(([point, { deadband, minIntervalS }]) => [point, deadband, minIntervalS]);

export const opcuaDriver: DriverDefinition<OpcuaModel, OpcuaConnection> = {
  protocol: 'opcua',
  connectionSchema: opcuaConnection,
  bus: ({ endpoint }) => whereOf(endpoint),
  certified: ({ securityMode }) => securityMode !== 'None',
  describe: ({ endpoint, prefix }) => `opc ua ${endpoint}${prefix === '' ? '' : ` prefix ${prefix}`}`,
  line,
  asks,
  create(devices, host) {
    let endpoints: Lines<Configured, OpcuaEndpoint> | undefined;
    let dispose: () => Promise<void> = async () => undefined;
    let stopped = false;

    async function load(): Promise<void> {
      const { createEndpoint, createCertificateStore } = await import('./endpoint.ts');
      if (stopped) return;
      const certificates = createCertificateStore(host.dataDir);
      dispose = () => certificates.dispose();
      // Once, before anyone connects: two sessions that make the private key at the same time disturb each other.
      await certificates.initialize();
      if (stopped) return;
      endpoints = createLines<Configured, OpcuaEndpoint>({
        keyOf: ({ connection }) => line(connection),
        asksOf: asks,
        open: (group, own) =>
          createEndpoint(
            group.map((device) => createOpcuaDevice(device, own)),
            own,
            certificates,
          ),
        host,
      });
    }

    async function update(next: readonly Configured[]): Promise<void> {
      if (endpoints === undefined && next.length > 0) await load();
      await endpoints?.update(next);
    }

    return {
      start: () => update(devices),
      update,
      diagnosis: () => endpoints?.all().map((endpoint) => endpoint.diagnosis()) ?? [],
      certificates: () => endpoints?.all().flatMap((endpoint) => endpoint.certificates()) ?? [],
      async write(id, point, value, mayStart) {
        const endpoint = endpoints?.of(id);
        const device = endpoint?.devices.find(({ config }) => config.id === id);
        const node = device?.nodes.find(([name]) => name === point)?.[1];
        const definition = device?.config.model.points[point];
        if (endpoint === undefined || node === undefined || definition === undefined)
          return { kind: 'not-sent', reason: `no node for ${point} of ${id}` };
        return endpoint.write(node, rawOf(definition, value), mayStart);
      },
      async stop() {
        stopped = true;
        await endpoints?.close();
        await dispose();
      },
    };
  },
};
