// The optional OPC UA server with Alarms & Conditions (Part 9) for a BMS or SCADA above us: encrypted and signed, people's
// own accounts, client certificates that an engineer has accepted.
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
import type { OutwardState } from '../../contract/outward.ts';
import type { OutwardChannel, OutwardContext } from '../port.ts';
import { type Conditions, createConditions } from './conditions.ts';
import { createMethods } from './methods.ts';
import { createSessionWatch } from './session-watch.ts';
import { watchTrust } from './trust.ts';

const APPLICATION_URI = 'urn:louwei:server';
const MAX_SESSIONS = 50;
const STOP_MS = 2_000;

export function createOpcuaChannel(): OutwardChannel {
  let state: OutwardState = { id: 'opcua', state: 'off', address: null, detail: null };
  let opened: { close(): Promise<void> } | undefined;
  let starting: Promise<void> = Promise.resolve();
  let conditions: Conditions | undefined;

  async function open(context: OutwardContext, port: number): Promise<void> {
    const { config, alarms, log, now } = context;
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
    const trust = watchTrust(certificates, log);
    const modes = [MessageSecurityMode.SignAndEncrypt, ...(config.opcua.allowNone ? [MessageSecurityMode.None] : [])];
    const policies = [
      SecurityPolicy.Basic256Sha256,
      SecurityPolicy.Aes128_Sha256_RsaOaep,
      SecurityPolicy.Aes256_Sha256_RsaPss,
      ...(config.opcua.allowNone ? [SecurityPolicy.None] : []),
    ];
    const server = new OPCUAServer({
      host: config.opcua.host,
      port,
      nodesets: [nodesets.standard],
      serverCertificateManager: certificates,
      userCertificateManager: certificates,
      privateKeyFile: certificates.privateKey,
      certificateFile: join(pki, 'certificate.pem'),
      serverInfo: { applicationUri: APPLICATION_URI, applicationName: { text: 'Louwei' } },
      buildInfo: { productName: 'Louwei' },
      securityModes: modes,
      securityPolicies: policies,
      allowAnonymous: false,
      userManager: { isValidUserAsync: passwordCheck(context) },
      serverCapabilities: { maxSessions: MAX_SESSIONS },
      maxConnectionsPerEndpoint: MAX_SESSIONS,
      isAuditing: false,
    });
    const watch = createSessionWatch(server, context);
    opened = {
      async close() {
        watch.stop();
        trust.stop();
        conditions?.stop();
        await server.shutdown(0);
        await certificates.dispose();
      },
    };
    await server.initialize();
    conditions = createConditions({
      server,
      now,
      bind: createMethods(context, () => conditions as Conditions),
      onError: (error, alarm) => log.error({ err: error, alarm: alarm.id }, 'a condition could not be shown'),
    });
    await server.start();
    conditions.changed(alarms.open());
    const address = server.getEndpointUrl() ?? `opc.tcp://localhost:${port}`;
    state = { id: 'opcua', state: 'ready', address, detail: null };
    log.info(
      { address, trusted: certificates.trustedFolder, rejected: certificates.rejectedFolder },
      'OPC UA alarms and conditions are served',
    );
    if (config.opcua.allowNone) log.warn('OPC UA without encryption is allowed: alarms travel in the clear');
  }

  return {
    id: 'opcua',
    routes: [],
    state() {
      const left = conditions?.leftOut ?? 0;
      return left === 0 ? state : { ...state, detail: `${left} open alarms are not shown: too many conditions` };
    },
    async start(context) {
      const { port } = context.config.opcua;
      if (port === null) return;
      state = { ...state, state: 'starting' };
      setWarningLogger((...words: unknown[]) => context.log.debug(words.map(String).join(' ')));
      setErrorLogger((...words: unknown[]) => context.log.debug(words.map(String).join(' ')));
      context.alarms.onChange((alarms) => conditions?.changed(alarms));
      // The first certificate takes seconds, and nothing else has to wait for it.
      starting = open(context, port).catch((error: unknown) => {
        const detail = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
        state = { id: 'opcua', state: 'failed', address: null, detail };
        context.log.error({ err: error, port }, 'the OPC UA server could not be started; see LOUWEI_OPCUA_PORT');
      });
    },
    async stop() {
      const patience = new Promise<void>((done) => setTimeout(done, STOP_MS).unref());
      await Promise.race([starting.then(() => opened?.close()), patience]);
    },
  };
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
