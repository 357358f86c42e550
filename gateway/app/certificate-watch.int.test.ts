// A whole gateway on an OPC UA server whose certificate soon ends: the days left arrive at the host, of the bus while it is one.
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type FixtureHost, fixtureClass, fixtureHost, until } from '../drivers/host.fixture.ts';
import { opcuaConnection } from '../drivers/opcua/connection.ts';
import { opcuaDriver } from '../drivers/opcua/driver.ts';
import { createCertificateStore } from '../drivers/opcua/endpoint.ts';
import { makeServerCertificate, pumpModel, type ServerFixture, startServer } from '../drivers/opcua/server.fixture.ts';
import { DRIVERS } from '../drivers/registry.ts';
import { type SparkplugHost, startSparkplugHost } from '../uplink/sparkplug-host.fixture.ts';
import { CERTIFICATE_POINT } from './certificate-watch.ts';
import type { ConfiguredDevice } from './devices.ts';
import { createGateway, type Gateway } from './gateway.ts';

const DEADLINE_MS = 60_000;
let folder: FixtureHost;
let server: ServerFixture;
let host: SparkplugHost;
let gateway: Gateway;

const device = (id: string): ConfiguredDevice =>
  ({
    id,
    name: { zh: id, en: id },
    place: { site: 's', building: 'b', floor: '', room: '' },
    pollMs: { fast: 1000, normal: 5000, slow: 60_000 },
    report: {},
    model: pumpModel,
    class: fixtureClass,
    driver: DRIVERS.find(({ protocol }) => protocol === opcuaDriver.protocol) ?? DRIVERS[0],
    connection: opcuaConnection.parse({ endpoint: `opc.tcp://127.0.0.1:${server.port}`, prefix: 'P1' }),
  }) as ConfiguredDevice;

beforeEach(async () => {
  folder = fixtureHost();
  const certificates = await makeServerCertificate(folder, { days: 5, fromMs: Date.now() });
  server = await startServer(certificates);
  const dataDir = join(folder.dataDir, 'data');
  const store = createCertificateStore(dataDir);
  await store.initialize();
  await store.dispose();
  const trusted = join(dataDir, 'opcua', 'pki', 'trusted', 'certs', 'pumps.pem');
  copyFileSync(join(certificates, 'own', 'certs', 'certificate.pem'), trusted);
  host = await startSparkplugHost('gw-1');
  host.online(true);
  gateway = createGateway(
    {
      gateway: 'gw-1',
      group: 'louwei',
      hostId: 'louwei',
      dataDir,
      broker: { url: `mqtt://127.0.0.1:${host.port}` },
      delivery: 'auto',
      healthPort: 0,
      commandsEnabled: false,
      managementKey: null,
      outbox: { maxRecords: 1_000_000, maxBytes: Number.POSITIVE_INFINITY },
      devices: [device('P-1'), device('P-2')],
      entries: [],
    },
    {
      log: pino({ level: 'silent' }),
      onOnline: () => undefined,
      onFatal: (error) => {
        throw error;
      },
    },
  );
  await gateway.start();
});
afterEach(async () => {
  await gateway.stop();
  await host.stop();
  await server.stop();
  folder.dispose();
});

const days = (id: string): unknown[] =>
  [...host.stored.values()]
    .filter((reading) => reading.device === id && reading.point === CERTIFICATE_POINT)
    .map(({ value }) => value);

it('tells of the server by its bus, of itself by the gateway, and of both by the gateway when there is no bus', async () => {
  await until(() => days('bus-P-1').length > 0 && days('').length > 0, 'the days left', DEADLINE_MS);
  expect(days('bus-P-1')).toEqual([4]);
  expect(Number(days('')[0])).toBeGreaterThan(300);
  await gateway.apply({ devices: [device('P-1')], commandsEnabled: false });
  await until(() => days('').includes(4), 'the least of both', DEADLINE_MS);
  expect(days('bus-P-1')).toEqual([4]);
});
