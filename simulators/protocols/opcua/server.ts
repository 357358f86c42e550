// One OPC UA server for the building's OPC UA devices, on a free port of the loopback interface.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { OpcuaModel } from '@louwei/device-profiles';
import { MessageSecurityMode, nodesets, OPCUACertificateManager, OPCUAServer, SecurityPolicy } from 'node-opcua';
import type { SimulatedDevice } from '../device.ts';
import { freePort } from '../listen.ts';
import { addNodes } from './nodes.ts';

export interface OpcuaUnit {
  readonly prefix: string;
  readonly device: SimulatedDevice<OpcuaModel>;
}

export interface OpcuaBuilding {
  /** `opc.tcp://127.0.0.1:PORT` */
  readonly endpoint: string;
  readonly port: number;
  /** The server's own certificate, PEM; a gateway that encrypts has to trust it. */
  readonly certificateFile: string;
  /** To be called after each step of the physics. */
  update(): void;
  stop(): Promise<void>;
}

const APPLICATION_URI = 'urn:louwei:simulated-building';

/** @param dataDir own certificate and key are made below it at the first start */
export async function startOpcuaServer(
  units: readonly OpcuaUnit[],
  dataDir: string,
  wantedPort = 0,
): Promise<OpcuaBuilding> {
  const rootFolder = join(dataDir, 'simulators-opcua');
  mkdirSync(rootFolder, { recursive: true, mode: 0o700 });
  const certificates = new OPCUACertificateManager({
    rootFolder,
    keySize: 2048,
    // The one client is the gateway on this machine, whose certificate is made at its own first start.
    automaticallyAcceptUnknownCertificate: true,
  });
  await certificates.initialize();
  const certificateFile = join(rootFolder, 'certificate.pem');
  const port = wantedPort === 0 ? await freePort() : wantedPort;
  const server = new OPCUAServer({
    host: '127.0.0.1',
    hostname: '127.0.0.1',
    port,
    nodesets: [nodesets.standard],
    serverCertificateManager: certificates,
    userCertificateManager: certificates,
    privateKeyFile: certificates.privateKey,
    certificateFile,
    serverInfo: { applicationUri: APPLICATION_URI },
    buildInfo: { productName: 'Simulated building' },
    securityModes: [MessageSecurityMode.None, MessageSecurityMode.SignAndEncrypt],
    securityPolicies: [SecurityPolicy.None, SecurityPolicy.Basic256Sha256],
    serverCapabilities: { maxSessions: 50 },
    maxConnectionsPerEndpoint: 50,
    isAuditing: false,
  });
  await server.initialize();
  const space = server.engine.addressSpace;
  if (space === null) throw new Error('the OPC UA server has no address space');
  const devices = units.map(({ device, prefix }) =>
    addNodes(space.getOwnNamespace(), space.rootFolder.objects, device, prefix),
  );
  await server.start();
  return {
    endpoint: `opc.tcp://127.0.0.1:${port}`,
    port,
    certificateFile,
    update() {
      for (const device of devices) device.update();
      // The devices share one server, so that all of them lose their connection.
      if (units.some(({ device }) => device.has?.('dropped-connection')))
        for (const endpoint of server.endpoints) endpoint.abruptlyInterruptChannels();
    },
    async stop() {
      for (const device of devices) device.stop();
      await server.shutdown(0);
      await certificates.dispose();
    },
  };
}
