// The server comes back after an hour: fifty gateways with full outboxes deliver them while their readings go on at 100
// values a second each. How long the backlog takes, how late live values are meanwhile, and that nothing is lost or doubled.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { signIn } from '../e2e/client.ts';
import {
  embeddedDatabaseUrl,
  type Product,
  startProduct,
  startProgram,
  temporaryFolder,
  until,
} from '../e2e/product.ts';
import { watchLateness } from './lateness.ts';
import { type RehearsedGateways, rehearsedDevice, startRehearsal } from './rehearsal.ts';
import { type BenchResult, processUsage, round } from './report.ts';

const GATEWAYS = 50;
const PROCESSES = 2;
const POINTS = 100;
const OUTAGE_S = 3600;
const MEMORY_DISK = '/dev/shm';
const DRAIN_MS = 30 * 60_000;

/** `scale` 1 is the hour; 0.05 rehearses it with three minutes. */
export async function benchOutage(scale: number): Promise<BenchResult> {
  const folder = temporaryFolder();
  // In the plant each gateway has a disk of its own; fifty on the one of the server would slow each other and it.
  const disks = temporaryFolder(existsSync(MEMORY_DISK) ? MEMORY_DISK : undefined);
  const product = await startProduct({
    script: 'server/app/main.ts',
    dataDir: `${folder.path}/server`,
    env: { LOUWEI_LOG_LEVEL: 'warn' },
  });
  const rehearsals: RehearsedGateways[] = [];
  let server = product.program;
  try {
    const accounts = await makeAccounts(product);
    await server.stop();
    const liveFromMs = Date.now();
    const filledS = Math.round(OUTAGE_S * scale);
    for (let part = 0; part < PROCESSES; part++)
      rehearsals.push(
        startRehearsal({
          url: `mqtt://127.0.0.1:${product.mqttPort}`,
          folder: disks.path,
          points: POINTS,
          filledS,
          liveFromMs,
          gateways: accounts.filter((_, index) => index % PROCESSES === part),
        }),
      );
    await Promise.all(rehearsals.map((one) => one.filled()));
    const backlog = GATEWAYS * POINTS * filledS;

    for (const rehearsal of rehearsals) rehearsal.live();
    server = startProgram('server/app/main.ts', [], product.env);
    await until('the server is ready', 60_000, async () => (await fetch(`${product.url}/readyz`)).status === 200);
    const readyAt = performance.now();
    const client = await signIn(product.url);
    const lateness = await watchLateness(
      product.url,
      client.cookie,
      accounts.map(({ node }) => rehearsedDevice(node)),
      liveFromMs,
    );
    let rssMostMiB = 0;
    const cpuBefore = processUsage(server.child.pid ?? 0).cpuSeconds;
    const states = () => rehearsals.flatMap((one) => one.states());
    await until(
      'every backlog is committed',
      DRAIN_MS,
      () => {
        rssMostMiB = Math.max(rssMostMiB, processUsage(server.child.pid ?? 0).rssMiB);
        return states().length === GATEWAYS && states().every((one) => one.acknowledgedSeq >= one.filledSeq);
      },
      250,
    );
    const drainS = (performance.now() - readyAt) / 1000;
    const cpu = processUsage(server.child.pid ?? 0).cpuSeconds - cpuBefore;
    const late = lateness.stop();

    for (const rehearsal of rehearsals) rehearsal.quiet();
    await delay(1_500);
    await until('everything is committed', 60_000, () => states().every((one) => one.acknowledgedSeq === one.lastSeq));
    const logged = states();
    const { stored, wrong } = await countStored(product, logged);
    if (wrong.length > 0) throw new Error(`lost or doubled: ${wrong.join(', ')}`);
    return {
      figures: {
        gateways: GATEWAYS,
        valuesPerGatewayPerSecond: POINTS,
        outageS: filledS,
        backlogValues: backlog,
        drainS: round(drainS),
        backlogValuesPerSecond: round(backlog / drainS, 0),
        liveValuesSeen: late.values,
        liveLateP50Ms: late.p50Ms,
        liveLateP99Ms: late.p99Ms,
        liveLateMostMs: late.mostMs,
        serverCpuSecondsPerSecond: round(cpu / drainS, 2),
        serverRssMostMiB: round(rssMostMiB, 0),
        gatewaysRssMiB: round(
          rehearsals.reduce((sum, one) => sum + processUsage(one.pid).rssMiB, 0),
          0,
        ),
        valuesLogged: logged.reduce((sum, one) => sum + one.lastSeq, 0),
        valuesStored: stored,
      },
      baseline: { limitDrainS: 600, limitLiveLateMs: 2000 },
    };
  } finally {
    await Promise.all(rehearsals.map((one) => one.stop()));
    await server.stop();
    folder.remove();
    disks.remove();
  }
}

interface Account {
  readonly node: string;
  readonly username: string;
  readonly password: string;
}

/** Entered as the server itself does it: user name and SHA-256 of a random secret. */
async function makeAccounts(product: Product): Promise<Account[]> {
  const accounts = Array.from({ length: GATEWAYS }, (_, index): Account => {
    const node = `gw-${index + 1}`;
    return { node, username: node, password: randomBytes(32).toString('base64url') };
  });
  const database = new pg.Client({ connectionString: embeddedDatabaseUrl(product.dataDir) });
  await database.connect();
  for (const { node, username, password } of accounts)
    await database.query(
      `INSERT INTO mqtt_account (username, role, group_id, node_id, secret_hash, created_at)
       VALUES ($1, 'gateway', 'louwei', $2, $3, now())`,
      [username, node, createHash('sha256').update(password).digest('hex')],
    );
  await database.end();
  return accounts;
}

/** Rows of each gateway, and those whose numbers are not 1 to the last, each once. */
async function countStored(product: Product, logged: readonly { node: string; epoch: number; lastSeq: number }[]) {
  const database = new pg.Client({ connectionString: embeddedDatabaseUrl(product.dataDir) });
  await database.connect();
  let stored = 0;
  const wrong: string[] = [];
  try {
    await database.query("SET work_mem = '256MB'");
    const { rows } = await database.query<{ node: string; epoch: string; rows: string; numbers: string; last: string }>(
      `SELECT node, epoch, sum(n) AS rows, count(*) AS numbers, max(seq) AS last
       FROM (SELECT e.gateway_id AS node, s.epoch, s.seq, count(*) AS n
             FROM sample s JOIN point p ON p.id = s.point_id JOIN equipment e ON e.id = p.equipment_id
             GROUP BY e.gateway_id, s.epoch, s.seq) AS one
       GROUP BY node, epoch`,
    );
    stored = rows.reduce((sum, row) => sum + Number(row.rows), 0);
    for (const { node, epoch, lastSeq } of logged) {
      const found = rows.filter((row) => row.node === node);
      const [only] = found;
      const whole =
        found.length === 1 &&
        [only?.epoch, only?.rows, only?.numbers, only?.last].map(Number).join() ===
          [epoch, lastSeq, lastSeq, lastSeq].join();
      if (!whole) wrong.push(`${node}: logged ${lastSeq}, found ${JSON.stringify(found)}`);
    }
  } finally {
    await database.end();
  }
  return { stored, wrong };
}
