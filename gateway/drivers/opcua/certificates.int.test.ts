// Fault F30: the certificates of a session, as a server with a short-lived one and the store of the gateway have them.
import { X509Certificate } from 'node:crypto';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { daysLeft } from '../core/certificate.ts';
import { type FixtureHost, fixtureHost, until } from '../host.fixture.ts';
import { createCertificateStore } from './endpoint.ts';
import { driverTo, makeServerCertificate, type ServerFixture, startServer } from './server.fixture.ts';

let host: FixtureHost;
let folder: string;
let fixture: ServerFixture;

beforeAll(async () => {
  host = fixtureHost();
  folder = await makeServerCertificate(host, { days: 5, fromMs: Date.now() });
  fixture = await startServer(folder);
});
afterAll(async () => {
  await fixture.stop();
  host.dispose();
});

/** What the engineer does. @returns the file of the server's certificate. */
async function trust({ dataDir }: FixtureHost, certificateFolder: string): Promise<string> {
  const store = createCertificateStore(dataDir);
  await store.initialize();
  await store.dispose();
  const file = join(certificateFolder, 'own', 'certs', 'certificate.pem');
  copyFileSync(file, join(dataDir, 'opcua', 'pki', 'trusted', 'certs', 'pumps.pem'));
  return file;
}

it('F30 the days left of the server and of the gateway itself are known while there is a session, and after it', async () => {
  const file = await trust(host, folder);
  const driver = driverTo(host, fixture.port, 'P1', {});
  expect(driver.certificates?.()).toEqual([]);
  await driver.start();
  try {
    await until(() => host.latest('pump-1', 'serial') !== undefined, 'first values', 60_000);
    const where = `opc ua opc.tcp://127.0.0.1:${fixture.port}`;
    const validToMs = new X509Certificate(readFileSync(file)).validToDate.getTime();
    expect(daysLeft(validToMs, Date.now())).toBe(4);
    const seen = [
      { whose: 'gateway', where, validToMs: expect.any(Number) },
      { whose: 'server', where, validToMs },
    ];
    expect(driver.certificates?.()).toEqual(seen);
    const [own] = driver.certificates?.() ?? [];
    expect(daysLeft(own?.validToMs ?? 0, Date.now())).toBeGreaterThan(30);
    await fixture.stop();
    await until(() => host.stateOf('pump-1')?.online === false, 'the loss is noticed', 30_000);
    expect(driver.certificates?.()).toEqual(seen);
  } finally {
    await driver.stop();
  }
});

it('a line without security depends on no certificate', async () => {
  fixture = await startServer(folder);
  const driver = driverTo(host, fixture.port);
  host.received.length = 0;
  await driver.start();
  try {
    await until(() => host.latest('pump-1', 'serial') !== undefined, 'first values', 60_000);
    expect(driver.certificates?.()).toEqual([]);
  } finally {
    await driver.stop();
  }
});

it('F30 a server whose certificate has expired is refused, and the cause is said', async () => {
  const late = fixtureHost();
  const expired = await makeServerCertificate(late, { days: 5, fromMs: Date.now() - 10 * 86_400_000 });
  const server = await startServer(expired);
  await trust(late, expired);
  const driver = driverTo(late, server.port, 'P1', {});
  await driver.start();
  try {
    await until(() => late.stateOf('pump-1') !== undefined, 'an answer', 60_000);
    expect(late.stateOf('pump-1')).toMatchObject({
      online: false,
      reason: expect.stringContaining('a certificate has expired or is not valid yet'),
    });
    expect(late.latest('pump-1', 'pressure')).toMatchObject({ value: null, quality: 'not-connected' });
  } finally {
    await driver.stop();
    await server.stop();
    late.dispose();
  }
});
