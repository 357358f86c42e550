// OPC UA by subscriptions: devices of one endpoint and login share one session. The library is large, so it is loaded
// only when the configuration has an OPC UA device.
import { type OpcuaModel, rawOf } from '@louwei/device-profiles';
import type { DriverDefinition } from '../port.ts';
import { type OpcuaConnection, opcuaConnection } from './connection.ts';
import { createOpcuaDevice } from './device.ts';
import type { OpcuaEndpoint } from './endpoint.ts';

export const opcuaDriver: DriverDefinition<OpcuaModel, OpcuaConnection> = {
  protocol: 'opcua',
  connectionSchema: opcuaConnection,
  bus: ({ endpoint }) => `opc ua ${endpoint}`,
  describe: ({ endpoint, prefix }) => `opc ua ${endpoint}${prefix === '' ? '' : ` prefix ${prefix}`}`,
  create(devices, host) {
    const groups = Map.groupBy(devices, ({ connection: { prefix: _, ...session } }) => JSON.stringify(session));
    let endpoints: OpcuaEndpoint[] = [];
    let dispose: () => Promise<void> = async () => undefined;
    let stopped = false;
    return {
      async start() {
        if (devices.length === 0) return;
        const { createEndpoint, createCertificateStore } = await import('./endpoint.ts');
        if (stopped) return;
        const certificates = createCertificateStore(host.dataDir);
        dispose = () => certificates.dispose();
        // Once, before anyone connects: two sessions that make the private key at the same time disturb each other.
        await certificates.initialize();
        if (stopped) return;
        endpoints = [...groups.values()].map((group) =>
          createEndpoint(
            group.map((device) => createOpcuaDevice(device, host)),
            host,
            certificates,
          ),
        );
        for (const endpoint of endpoints) endpoint.start();
      },
      async write(id, point, value, mayStart) {
        const endpoint = endpoints.find((one) => one.devices.some(({ config }) => config.id === id));
        const device = endpoint?.devices.find(({ config }) => config.id === id);
        const node = device?.nodes.find(([name]) => name === point)?.[1];
        const definition = device?.config.model.points[point];
        if (endpoint === undefined || node === undefined || definition === undefined)
          return { kind: 'not-sent', reason: `no node for ${point} of ${id}` };
        return endpoint.write(node, rawOf(definition, value), mayStart);
      },
      async stop() {
        stopped = true;
        await Promise.all(endpoints.map((endpoint) => endpoint.stop()));
        await dispose();
      },
    };
  },
};
