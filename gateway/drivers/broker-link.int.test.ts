// TLS to a field broker: its authority named by caFile, unknown authorities refused with what to do about it.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { Aedes } from 'aedes';
import pino from 'pino';
import { expect, it } from 'vitest';
import { createBrokerLink } from './broker-link.ts';
import { fixtureHost, until } from './host.fixture.ts';

const OPENSSL = 'openssl';
const hasOpenssl = (() => {
  try {
    execFileSync(OPENSSL, ['version']);
    return true;
  } catch {
    return false;
  }
})();

it.skipIf(!hasOpenssl)('trusts the broker by caFile only, and says what is wrong otherwise', async () => {
  const { dataDir, dispose } = fixtureHost();
  const [key, cert] = [join(dataDir, 'key.pem'), join(dataDir, 'cert.pem')];
  const asked = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const subject = ['-subj', '/CN=broker', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert];
  execFileSync(OPENSSL, [...asked, ...subject], { stdio: 'ignore' });
  const aedes = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (socket) => {
    sockets.add(socket);
    aedes.handle(socket);
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `mqtts://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;

  const attempt = async (caFile: string | undefined): Promise<string> => {
    let outcome = '';
    const link = createBrokerLink({
      url,
      where: url,
      caFile,
      topics: ['a'],
      log: pino({ level: 'silent' }),
      onReached: () => {
        outcome ||= 'reached';
      },
      onLost: (reason) => {
        outcome ||= reason;
      },
      onMessage: () => undefined,
    });
    link.start();
    await until(() => outcome !== '', 'an outcome');
    await link.stop();
    return outcome;
  };
  expect(await attempt(cert)).toBe('reached');
  expect(await attempt(undefined)).toContain('name its CA in caFile');
  expect(await attempt(join(dataDir, 'missing.pem'))).toContain('caFile cannot be read');

  for (const socket of sockets) socket.destroy();
  await new Promise<void>((resolve) => server.close(() => aedes.close(() => resolve())));
  dispose();
});
