// What `npm start` runs: server, simulated building and its gateway on this machine, as child processes of this one.
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { buildDashboard, isDashboardCurrent } from './dashboard-build.ts';
import { stopLeftoverDatabase } from './leftover-database.ts';
import { openLogFile } from './log-file.ts';
import { createProgram, type Program } from './program.ts';
import { GATEWAY_ID, readSetting, type Setting } from './setting.ts';

const ROOT = join(import.meta.dirname, '../..');
const KILL_AFTER_MS = 4000;
const POLL_MS = 100;

const say = (line: string): void => console.log(line);
const complain = (line: string): void => console.error(line);

function leave(message: string): never {
  console.error(message);
  process.exit(2);
}

async function prepare(): Promise<Setting> {
  const setting = await readSetting(process.env).catch((error: unknown) =>
    leave(error instanceof Error ? error.message : String(error)),
  );
  try {
    mkdirSync(setting.dataDir, { recursive: true });
    accessSync(setting.dataDir, constants.W_OK);
  } catch (error) {
    leave(
      `the data directory ${setting.dataDir} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return setting;
}

const setting = await prepare();
const { dataDir, url } = setting;
const building = new AbortController();
const programs: Program[] = [];
let deviceCount = 0;
let gateway: Program | undefined;

let ending: Promise<void> | undefined;
function end(code: number): void {
  ending ??= (async () => {
    building.abort();
    await Promise.all(programs.map((program) => program.stop(KILL_AFTER_MS)));
    stopLeftoverDatabase(dataDir);
    process.exit(code);
  })();
}
process.on('SIGINT', () => end(0));
process.on('SIGTERM', () => end(0));
process.on('SIGHUP', () => end(0));

function program(
  name: string,
  script: string,
  args: readonly string[],
  more: { env?: Record<string, string>; onMessage?(message: unknown): void } = {},
): Program {
  const created = createProgram({
    name,
    args: [join(ROOT, script), ...args],
    cwd: process.cwd(),
    env: {
      LOUWEI_DATA_DIR: dataDir,
      LOUWEI_HTTP_PORT: setting.httpPort,
      LOUWEI_MQTT_PORT: setting.mqttPort,
      ...more.env,
    },
    say,
    complain,
    log: openLogFile(join(dataDir, 'logs', `${name}.log`), complain),
    onRefused() {
      complain(`the ${name} cannot start; see the lines above`);
      end(2);
    },
    ...(more.onMessage === undefined ? {} : { onMessage: more.onMessage }),
  });
  programs.push(created);
  return created;
}

/** The simulators say `{ready: true, deviceCount}` over their channel. */
function onSimulatorsMessage(message: unknown): void {
  if (typeof message !== 'object' || message === null || !('deviceCount' in message)) return;
  deviceCount = Number(message.deviceCount);
  // The devices have new ports, which the gateway reads at its start.
  gateway?.restart();
}

async function waitFor(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (ending === undefined && !(await condition())) await delay(POLL_MS);
}

async function isReady(): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2000) })).status === 200;
  } catch {
    return false;
  }
}

async function buildIfNeeded(): Promise<void> {
  if (isDashboardCurrent(ROOT)) return;
  say('building the dashboard ...');
  const log = openLogFile(join(dataDir, 'logs/dashboard.log'), complain);
  const fault = await buildDashboard(ROOT, log, building.signal);
  if (fault !== undefined && ending === undefined)
    complain(
      `the dashboard could not be built (${fault}); see ${join(dataDir, 'logs/dashboard.log')}. Everything else runs.`,
    );
}

program('server', 'server/app/main.ts', [], { env: { LOUWEI_BUILTIN_GATEWAY: GATEWAY_ID } }).start();
program(
  'simulators',
  'simulators/app/main.ts',
  [
    ['--data', dataDir],
    ['--write-gateway-config', setting.gatewayConfig],
    ['--uplink-url', setting.uplinkUrl],
    ['--gateway-data', join(dataDir, 'gateway')],
    ['--password-file', setting.gatewaySecret],
    ['--management-key-file', setting.managementKey],
  ].flat(),
  { onMessage: onSimulatorsMessage },
).start();
const dashboard = buildIfNeeded();

// The configuration may be one of the last run until the simulators say that they are ready.
const needed = [setting.gatewayConfig, setting.gatewaySecret, setting.managementKey];
await waitFor(() => deviceCount > 0 && needed.every((file) => existsSync(file)));
if (ending === undefined) {
  gateway = program('gateway', 'gateway/app/main.js', ['--config', setting.gatewayConfig]);
  gateway.start();
}
await Promise.all([waitFor(isReady), dashboard]);
if (ending === undefined) {
  const shown = relative(process.cwd(), dataDir);
  say(
    [
      '',
      `Louwei is running:  ${url}`,
      `  ${deviceCount} simulated devices in two buildings; sign in as admin`,
      '  raise a fault:    npm run sim -- fault TR-1 winding-overtemperature   (npm run sim -- list shows all)',
      `  logs:             ${join(shown === '' || shown.startsWith('..') ? dataDir : shown, 'logs')}`,
      '  stop:             Ctrl-C',
      '',
    ].join('\n'),
  );
}
