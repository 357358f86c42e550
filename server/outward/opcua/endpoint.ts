// The OPC UA server itself: encrypted and signed, people's own accounts, client certificates that an engineer has accepted.
// Loaded only when it is switched on: the stack weighs tens of megabytes.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  MessageSecurityMode,
  nodesets,
  OPCUACertificateManager,
  OPCUAServer,
  SecurityPolicy,
  type ServerSession,
  setErrorLogger,
  setWarningLogger,
} from 'node-opcua';
import type { OutwardContext } from '../port.ts';
import { type Conditions, createConditions } from './conditions.ts';
import { createMethods } from './methods.ts';
import { createSessionWatch } from './session-watch.ts';
import { watchTrust } from './trust.ts';

const APPLICATION_URI = 'urn:louwei:server';
const MAX_SESSIONS = 50;

export interface Endpoint {
  readonly address: string;
  readonly conditions: Conditions;
  close(): Promise<void>;
}

/** @throws Error when the port is taken or the certificate cannot be made; nothing is left open then. */
export async function openEndpoint(context: OutwardContext, port: number): Promise<Endpoint> {
  const { config, log, now } = context;
  // The library's own prints would go past the log.
  setWarningLogger((...words: unknown[]) => log.debug(words.map(String).join(' ')));
  setErrorLogger((...words: unknown[]) => log.debug(words.map(String).join(' ')));
  const pki = join(context.dataDir, 'opcua', 'server');
  mkdirSync(pki, { recursive: true, mode: 0o700 });
  const certificates = new OPCUACertificateManager({
    rootFolder: pki,
    keySize: 2048,
    automaticallyAcceptUnknownCertificate: false,
    // They miss a file that is moved while they start, and then for ever.
    disableFileWatchers: true,
  });
  await certificates.initialize();
  const server = createServer(context, port, certificates, join(pki, 'certificate.pem'));
  const watch = createSessionWatch(server, context);
  const trust = watchTrust(certificates, log);
  let conditions: Conditions | undefined;
  async function close(): Promise<void> {
    watch.stop();
    trust.stop();
    conditions?.stop();
    await server.shutdown(0);
    await certificates.dispose();
  }
  try {
    await server.initialize();
    conditions = createConditions({
      server,
      now,
      bind: createMethods(context, () => conditions as Conditions),
      onError: (error, alarm) => log.error({ err: error, alarm: alarm.id }, 'a condition could not be shown'),
    });
    await server.start();
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
  const address = server.getEndpointUrl() ?? `opc.tcp://localhost:${port}`;
  log.info(
    { address, trusted: certificates.trustedFolder, rejected: certificates.rejectedFolder },
    'OPC UA alarms and conditions are served',
  );
  if (config.opcua.allowNone) log.warn('OPC UA without encryption is allowed: alarms travel in the clear');
  return { address, conditions, close };
}

function createServer(
  context: OutwardContext,
  port: number,
  certificates: OPCUACertificateManager,
  certificateFile: string,
): OPCUAServer {
  const { host, allowNone } = context.config.opcua;
  return new OPCUAServer({
    host,
    port,
    nodesets: [nodesets.standard],
    serverCertificateManager: certificates,
    userCertificateManager: certificates,
    privateKeyFile: certificates.privateKey,
    certificateFile,
    serverInfo: { applicationUri: APPLICATION_URI, applicationName: { text: 'Louwei' } },
    buildInfo: { productName: 'Louwei' },
    securityModes: [MessageSecurityMode.SignAndEncrypt, ...(allowNone ? [MessageSecurityMode.None] : [])],
    securityPolicies: [
      SecurityPolicy.Basic256Sha256,
      SecurityPolicy.Aes128_Sha256_RsaOaep,
      SecurityPolicy.Aes256_Sha256_RsaPss,
      ...(allowNone ? [SecurityPolicy.None] : []),
    ],
    allowAnonymous: false,
    userManager: { isValidUserAsync: passwordCheck(context) },
    serverCapabilities: { maxSessions: MAX_SESSIONS },
    maxConnectionsPerEndpoint: MAX_SESSIONS,
    isAuditing: false,
  });
}

/** Only who may read alarms gets a session; names and passwords are those of the dashboard. */
const passwordCheck = ({ people, log }: OutwardContext) =>
  function isValid(
    this: ServerSession,
    username: string,
    password: string,
    done: (error: Error | null, right?: boolean) => void,
  ): void {
    const ip = this.channel?.remoteAddress ?? '';
    people.signInOnce('opc-ua', username, password, ip).then(
      (caller) => done(null, caller !== null && people.permits(caller, 'alarm:read')),
      (error: unknown) => {
        log.error({ err: error }, 'an OPC UA sign-in could not be checked');
        done(null, false);
      },
    );
  };
