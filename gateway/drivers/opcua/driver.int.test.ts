// The OPC UA driver against a real server: subscriptions, quality, limits, cyclic reads, trust, browsing.
import { readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { StatusCodes } from 'node-opcua';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FixtureHost, fixtureHost, until } from '../host.fixture.ts';
import { browse } from './browse.ts';
import { opcuaConnection } from './connection.ts';
import { driverTo, makeServerCertificate, startServer } from './server.fixture.ts';

let certificates: string;
let host: FixtureHost;
let pkiHost: FixtureHost;

beforeAll(async () => {
  pkiHost = fixtureHost();
  certificates = await makeServerCertificate(pkiHost);
});
afterAll(() => pkiHost.dispose());
beforeEach(() => {
  host = fixtureHost();
  return () => host.dispose();
});

describe('OPC UA driver', () => {
  it('subscribes, converts, keeps the source time, maps status and stops at once', async () => {
    const fixture = await startServer(certificates);
    const driver = driverTo(host, fixture.port);
    await driver.start();
    await until(() => host.latest('pump-1', 'serial') !== undefined, 'first values', 30_000);
    expect(host.stateOf('pump-1')).toEqual({ online: true });
    expect(host.latest('pump-1', 'pressure')).toMatchObject({ value: 125, quality: 'good' });
    expect(host.latest('pump-1', 'pressure')?.deviceTimeMs).toBeTypeOf('number');
    expect(host.latest('pump-1', 'running')).toMatchObject({ value: 1, quality: 'good' });
    expect(host.latest('pump-1', 'serial')).toMatchObject({ value: 'SN-7' });
    expect(host.latest('pump-1', 'level')).toMatchObject({ value: null, quality: 'exception' });

    fixture.setPressure(20);
    await until(() => host.latest('pump-1', 'pressure')?.value === 200, 'a change');
    fixture.setPressure(21, StatusCodes.BadSensorFailure);
    await until(() => host.latest('pump-1', 'pressure')?.quality === 'sensor-fault', 'a bad status');

    const stoppedAt = performance.now();
    await driver.stop();
    expect(performance.now() - stoppedAt).toBeLessThan(2000);
    await fixture.stop();
  });

  it('confirms quiet values by the life of the subscription, with the time of its last answer', async () => {
    const fixture = await startServer(certificates);
    const driver = driverTo(host, fixture.port);
    await driver.start();
    await until(() => host.latest('pump-1', 'serial') !== undefined, 'first values', 30_000);
    const first = host.latest('pump-1', 'serial');
    await until(() => host.latest('pump-1', 'serial')?.gatewayTimeMs !== first?.gatewayTimeMs, 'confirmation', 20_000);
    const second = host.latest('pump-1', 'serial');
    expect(second).toMatchObject({ value: 'SN-7', quality: 'good', deviceTimeMs: first?.deviceTimeMs });
    expect((second?.gatewayTimeMs ?? 0) - (first?.gatewayTimeMs ?? 0)).toBeGreaterThanOrEqual(10_000);
    expect(second?.gatewayTimeMs).toBeLessThanOrEqual(Date.now());
    await driver.stop();
    await fixture.stop();
  });

  it('keeps to the limits a small server states: items in groups, over several subscriptions', async () => {
    const fixture = await startServer(certificates, 0, {
      maxMonitoredItemsPerSubscription: 3,
      operationLimits: { maxMonitoredItemsPerCall: 1 },
    });
    const driver = driverTo(host, fixture.port);
    await driver.start();
    await until(() => host.latest('pump-1', 'serial')?.value === 'SN-7', 'first values', 30_000);
    expect(host.latest('pump-1', 'pressure')).toMatchObject({ value: 125, quality: 'good' });
    expect(host.latest('pump-1', 'level')).toMatchObject({ value: null, quality: 'exception' });
    expect(fixture.server.currentSubscriptionCount).toBe(2);
    expect(host.logged.join('')).not.toContain('read in turn');
    await driver.stop();
    await fixture.stop();
  });

  it('reads in turn what a server without room for subscriptions will not watch, and stays honest about it', async () => {
    const fixture = await startServer(certificates);
    fixture.server.engine.serverCapabilities.maxSubscriptionsPerSession = 0;
    const driver = driverTo(host, fixture.port);
    await driver.start();
    await until(() => host.latest('pump-1', 'serial')?.value === 'SN-7', 'first values', 30_000);
    expect(fixture.server.currentSubscriptionCount).toBe(0);
    expect(host.logged.join('')).toContain('refuses to watch 4 items; they are read in turn every 1 s');
    expect(host.stateOf('pump-1')).toEqual({ online: true });
    expect(host.latest('pump-1', 'level')).toMatchObject({ value: null, quality: 'exception' });
    fixture.setPressure(30);
    await until(() => host.latest('pump-1', 'pressure')?.value === 300, 'a change');
    await fixture.stop();
    await until(() => host.stateOf('pump-1')?.online === false, 'the loss is noticed', 25_000);
    expect(host.latest('pump-1', 'pressure')).toMatchObject({ value: null, quality: 'not-connected' });
    await driver.stop();
  });

  it('says why: unknown nodes, an untrusted server, nobody there', async () => {
    const fixture = await startServer(certificates);
    const unknown = driverTo(host, fixture.port, 'P9');
    await unknown.start();
    await until(() => host.stateOf('pump-1')?.online === false, 'offline', 30_000);
    expect(host.stateOf('pump-1')).toMatchObject({ reason: expect.stringContaining('BadNodeIdUnknown for ns=1;s=P9') });
    await unknown.stop();

    const untrusting = driverTo(host, fixture.port, 'P1', {});
    host.states.length = 0;
    await untrusting.start();
    await until(() => host.stateOf('pump-1')?.online === false, 'offline', 40_000);
    expect(host.stateOf('pump-1')).toMatchObject({ reason: expect.stringContaining('certificate is not trusted') });
    const store = join(host.dataDir, 'opcua', 'pki');
    const [certificate = ''] = readdirSync(join(store, 'rejected'));
    renameSync(join(store, 'rejected', certificate), join(store, 'trusted', 'certs', certificate));
    await until(() => host.stateOf('pump-1')?.online === true, 'trusted and online', 40_000);
    expect(host.latest('pump-1', 'pressure')).toMatchObject({ value: 125, quality: 'good' });
    await untrusting.stop();
    await fixture.stop();

    const lonely = driverTo(host, fixture.port);
    host.states.length = 0;
    await lonely.start();
    await until(() => host.stateOf('pump-1')?.online === false, 'offline', 20_000);
    expect(host.stateOf('pump-1')).toMatchObject({ reason: expect.stringContaining('connection refused') });
    await lonely.stop();
  });

  // Last, and in the product a process of its own: after a second certificate store was used and closed in one process, a
  // certificate moved to trusted was not noticed by the store of the driver.
  it('shows the engineer what is below a node, and what to do about an unknown certificate', async () => {
    const fixture = await startServer(certificates);
    const endpoint = `opc.tcp://127.0.0.1:${fixture.port}`;
    const open = opcuaConnection.parse({ endpoint, securityMode: 'None' });
    const top = await browse(open, 'ObjectsFolder', host.dataDir);
    const pumps = top.find(({ name }) => name === 'Pumps');
    expect(pumps).toMatchObject({ nodeClass: 'Object', value: null });
    const below = await browse(open, pumps?.node ?? '', host.dataDir);
    expect(below).toContainEqual({
      node: 'ns=1;s=P1.Pressure',
      name: 'Pressure',
      nodeClass: 'Variable',
      value: '12.5',
    });
    await expect(browse(open, 'ns=1;s=Nowhere', host.dataDir)).rejects.toThrow('BadNodeIdUnknown for ns=1;s=Nowhere');
    const secure = opcuaConnection.parse({ endpoint });
    await expect(browse(secure, 'ObjectsFolder', host.dataDir)).rejects.toThrow('certificate is not trusted');
    await fixture.stop();
    await expect(browse(open, 'ObjectsFolder', host.dataDir)).rejects.toThrow(/refused|no connection/);
  });
});
