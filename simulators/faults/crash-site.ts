// A server that may be killed at any moment on a database that survives it, with the log node as its only gateway.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { type Client, signIn } from '../e2e/client.ts';
import {
  ADMIN_PASSWORD,
  embeddedDatabaseUrl,
  freePort,
  type Program,
  startProduct,
  startProgram,
  temporaryFolder,
  until,
} from '../e2e/product.ts';
import type { Finding } from './core/finding.ts';
import { judgeAlarms, judgeDelivery } from './evidence.ts';
import { createLogNode, type LogNode } from './log-node.ts';
import { writeMachineProfile } from './machine-profile.ts';

const GATEWAY = 'gw-f';

export interface CrashSite {
  readonly node: LogNode;
  readonly client: Client;
  /** A connection of its own to the server's database. */
  readonly database: pg.Client;
  /** Process of the running server. */
  pid(): number;
  kill(): Promise<void>;
  /** @returns ms until ready */
  restart(): Promise<number>;
  /** `complete`: everything that was logged must be there, otherwise only what was acknowledged. */
  judge(complete: boolean): Promise<Finding[]>;
  stop(): Promise<void>;
}

export async function createCrashSite(machines: number): Promise<CrashSite> {
  const folder = temporaryFolder();
  // Another installation lends its database server: it lives on when ours is killed.
  const host = await startProduct({ script: 'server/app/main.ts' });
  let server: Program | undefined;
  let database: pg.Client | undefined;
  const stop = async (): Promise<void> => {
    await server?.stop();
    await database?.end();
    await host.stop();
    folder.remove();
  };
  try {
    const url = new URL(embeddedDatabaseUrl(host.dataDir));
    const lender = new pg.Client({ connectionString: url.href });
    await lender.connect();
    await lender.query('CREATE DATABASE faults');
    await lender.end();
    url.pathname = '/faults';
    const profiles = join(folder.path, 'profiles');
    writeMachineProfile(profiles);
    const [httpPort, mqttPort] = [await freePort(), await freePort()];
    const dataDir = join(folder.path, 'data');
    const address = `http://127.0.0.1:${httpPort}`;
    const restart = async (): Promise<number> => {
      const began = performance.now();
      const program = startProgram('server/app/main.ts', [], {
        LOUWEI_HTTP_PORT: String(httpPort),
        LOUWEI_MQTT_PORT: String(mqttPort),
        LOUWEI_DATA_DIR: dataDir,
        LOUWEI_ADMIN_PASSWORD: ADMIN_PASSWORD,
        LOUWEI_BUILTIN_GATEWAY: GATEWAY,
        LOUWEI_PROFILES: profiles,
        LOUWEI_LOG_LEVEL: 'warn',
        DATABASE_URL: url.href,
      });
      server = program;
      await until(
        'the server is ready',
        60_000,
        async () => {
          if (program.child.exitCode !== null) throw new Error(program.stderr().slice(-2_000));
          return (await fetch(`${address}/readyz`)).status === 200;
        },
        20,
      );
      return performance.now() - began;
    };
    await restart();
    const account: { username: string; password: string } = JSON.parse(
      readFileSync(join(dataDir, `secrets/gateway-${GATEWAY}.json`), 'utf8'),
    );
    const node = createLogNode({ url: `mqtt://127.0.0.1:${mqttPort}`, ...account, machines });
    const opened = new pg.Client({ connectionString: url.href });
    database = opened;
    await opened.connect();
    return {
      node,
      client: await signIn(address),
      database: opened,
      pid: () => server?.child.pid ?? 0,
      async kill() {
        server?.child.kill('SIGKILL');
        await server?.ended;
        node.disconnect();
      },
      restart,
      async judge(complete) {
        const { findings } = await judgeDelivery(opened, GATEWAY, {
          logged: [{ epoch: node.epoch, first: 1, last: node.lastSeq }],
          acked: { epoch: node.epoch, seq: node.ackedSeq },
          growing: (point) => point.endsWith('/p1'),
          complete,
        });
        return [...findings, ...(await judgeAlarms(opened, ['too-high']))];
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
