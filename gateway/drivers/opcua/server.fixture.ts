// A real OPC UA server for tests: one pump with three variables, and a driver pointed at it.
import { join } from 'node:path';
import { opcuaModel } from '@louwei/device-profiles';
import {
  DataType,
  OPCUACertificateManager,
  OPCUAServer,
  type ServerCapabilitiesOptions,
  type ServerSession,
  type StatusCode,
  StatusCodes,
  type Subscription,
  type UAVariable,
  Variant,
} from 'node-opcua';
import { type FixtureHost, fixtureClass, fixtureHeader } from '../host.fixture.ts';
import type { Driver, DriverHost } from '../port.ts';
import { opcuaConnection } from './connection.ts';
import type { OpcuaDriverDevice } from './device.ts';
import { opcuaDriver } from './driver.ts';

const APPLICATION_URI = 'urn:localhost:pumps';

export const pumpModel = opcuaModel.parse({
  ...fixtureHeader,
  model: 'test/opcua',
  protocol: 'opcua',
  opcua: { publishingIntervalMs: 100, samplingIntervalMs: 50 },
  points: {
    running: { node: 'ns=1;s={prefix}.Running' },
    pressure: { node: 'ns=1;s={prefix}.Pressure', scale: 10 },
    level: { node: 'ns=1;s={prefix}.Missing' },
    serial: { node: 'ns=1;s={prefix}.Serial' },
  },
  examples: [{ point: 'pressure', raw: 1, value: 10 }],
});

export interface ServerFixture {
  readonly server: OPCUAServer;
  readonly port: number;
  readonly pressure: UAVariable;
  setPressure(value: number, status?: StatusCode): void;
  stop(): Promise<void>;
}

const storeIn = (rootFolder: string): OPCUACertificateManager =>
  new OPCUACertificateManager({
    rootFolder,
    automaticallyAcceptUnknownCertificate: true,
    disableFileWatchers: true,
  });

/**
 * One certificate for all servers of a test file: making it takes seconds. Left out, `valid` is ten years from the start of
 * the first server. @returns its folder.
 */
export async function makeServerCertificate(
  { dataDir }: FixtureHost,
  valid?: { readonly days: number; readonly fromMs: number },
): Promise<string> {
  const folder = join(dataDir, 'server');
  const certificates = storeIn(folder);
  await certificates.initialize();
  if (valid !== undefined)
    await certificates.createSelfSignedCertificate({
      applicationUri: APPLICATION_URI,
      dns: ['localhost'],
      ip: ['127.0.0.1'],
      subject: '/CN=Pumps',
      startDate: new Date(valid.fromMs),
      validity: valid.days,
      outputFile: join(folder, 'own', 'certs', 'certificate.pem'),
    });
  await certificates.dispose();
  return folder;
}

export async function startServer(
  certificateFolder: string,
  port = 0,
  serverCapabilities: Partial<ServerCapabilitiesOptions> = {},
): Promise<ServerFixture> {
  // A server disposes of its store when it stops, so each has one of its own.
  const certificates = storeIn(certificateFolder);
  const server = new OPCUAServer({
    port,
    serverCapabilities,
    hostname: '127.0.0.1',
    serverInfo: { applicationUri: APPLICATION_URI },
    serverCertificateManager: certificates,
    userCertificateManager: certificates,
    isAuditing: false,
    disableDiscovery: true,
  });
  await server.initialize();
  const space = server.engine.addressSpace?.getOwnNamespace();
  if (space === undefined) throw new Error('no address space');
  const folder = space.addFolder('ObjectsFolder', { browseName: 'Pumps' });
  const add = (name: string, dataType: DataType, value: unknown): UAVariable => {
    const variable = space.addVariable({
      componentOf: folder,
      browseName: name,
      nodeId: `s=P1.${name}`,
      dataType,
      minimumSamplingInterval: 20,
    });
    variable.setValueFromSource(new Variant({ dataType, value }));
    return variable;
  };
  add('Running', DataType.Boolean, true);
  add('Serial', DataType.String, 'SN-7');
  const pressure = add('Pressure', DataType.Double, 12.5);
  await server.start();
  return {
    server,
    port: Number(new URL(server.getEndpointUrl().replace('opc.tcp', 'http')).port),
    pressure,
    setPressure(value, status = StatusCodes.Good) {
      pressure.setValueFromSource(new Variant({ dataType: DataType.Double, value }), status);
    },
    stop: () => server.shutdown(0),
  };
}

const OPEN = { securityMode: 'None' };

export const deviceTo = (
  port: number,
  prefix = 'P1',
  more: Record<string, string> = OPEN,
  device: Partial<Pick<OpcuaDriverDevice, 'model' | 'report'>> = {},
): OpcuaDriverDevice => ({
  id: 'pump-1',
  model: pumpModel,
  class: fixtureClass,
  connection: opcuaConnection.parse({ endpoint: `opc.tcp://127.0.0.1:${port}`, prefix, ...more }),
  pollMs: { fast: 1000, normal: 5000, slow: 60_000 },
  ...device,
});

export const driverTo = (
  host: DriverHost,
  ...to: Parameters<typeof deviceTo>
): Driver<OpcuaDriverDevice['model'], OpcuaDriverDevice['connection']> => opcuaDriver.create([deviceTo(...to)], host);

/** What the server itself has at this moment. */
export const sessionsOf = ({ engine }: OPCUAServer): ServerSession[] =>
  Object.values((engine as unknown as { _sessions: Record<string, ServerSession> })._sessions);
export const subscriptionsOf = ({ server }: ServerFixture): Subscription[] =>
  sessionsOf(server).flatMap((session) => [...session.publishEngine.subscriptions]);
