// The gateway as a process: reads the configuration, runs until told to stop. Exit codes: 0 stopped, 1 the gateway
// cannot go on, 2 it cannot start.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigurationError, formatProblem, type LoadedLibrary } from '@louwei/device-profiles';
import { pino } from 'pino';
import { DRIVERS } from '../drivers/registry.ts';
import { OutboxInUse } from '../outbox/database.ts';
import { type GatewayConfig, profileFolders, readConfig } from './config.ts';
import { configJsonSchema } from './config-schema.ts';
import { loadLibraryAtStart } from './library-apart.ts';
import { createManagedGateway, type ManagedGateway } from './managed-gateway.ts';
import { watchFile } from './watch-file.ts';

const STOP_MS = 3_000;
const USAGE = 'usage: npm run gateway -- --config FILE | --write-schema | config | plan | probe | scan | read | browse';
const SCHEMA_FILE = join(import.meta.dirname, 'generated', 'gateway.schema.json');

/** Prints each line and ends: the gateway cannot start. */
function refuse(...lines: string[]): never {
  for (const line of lines) process.stderr.write(`${line}\n`);
  process.exit(2);
}

function readArguments(): { config: string } {
  try {
    const { values } = parseArgs({
      options: {
        config: { type: 'string' },
        'write-schema': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help === true) {
      process.stdout.write(`${USAGE}\n`);
      process.exit(0);
    }
    if (values['write-schema'] === true) {
      writeFileSync(SCHEMA_FILE, `${JSON.stringify(configJsonSchema(DRIVERS), null, 2)}\n`);
      process.exit(0);
    }
    if (values.config !== undefined) return { config: values.config };
    return refuse(USAGE);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error), USAGE);
  }
}

function load(path: string): { library: LoadedLibrary; file: GatewayConfig } {
  try {
    const library = loadLibraryAtStart(profileFolders(path));
    return { library, file: readConfig(path, DRIVERS, library) };
  } catch (error) {
    if (error instanceof ConfigurationError) return refuse(...error.problems.map(formatProblem));
    throw error;
  }
}

function create(path: string): ManagedGateway {
  const { library, file } = load(path);
  try {
    return createManagedGateway({
      path,
      library,
      file,
      log,
      onOnline: () => say(`gateway ${file.gateway}: ready, ${file.hostId} receives data`),
      onFatal(error) {
        process.stderr.write(`gateway ${file.gateway}: ${error.message}\n`);
        process.exit(1);
      },
    });
  } catch (error) {
    if (error instanceof OutboxInUse)
      return refuse(`the data directory ${file.dataDir} is in use by another gateway; stop it or set another dataDir`);
    const reason = error instanceof Error ? error.message : String(error);
    return refuse(`the data directory ${file.dataDir} cannot be used: ${reason}`);
  }
}

let lastSaid = '';
function say(line: string): void {
  if (line !== lastSaid) process.stdout.write(`${line}\n`);
  lastSaid = line;
}

// A parent that closed the pipe must not end the gateway.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

const { config: path } = readArguments();
const log = pino(
  { name: 'gateway', level: process.env['LOUWEI_LOG_LEVEL'] ?? 'info', timestamp: pino.stdTimeFunctions.isoTime },
  pino.destination({ fd: 2, sync: true }),
);
const gateway = create(path);
const { config, configuration } = gateway;
if (config.healthPort !== 0) {
  const { startHealth } = await import('./health.ts');
  await startHealth(config.healthPort, gateway).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
      return refuse(`health port ${config.healthPort} is in use by another program; set another health.port`);
    throw error;
  });
}

let stopping = false;
async function stop(reason: string): Promise<void> {
  if (stopping) return;
  stopping = true;
  log.info({ reason }, 'stopping');
  setTimeout(() => process.exit(1), STOP_MS).unref();
  await gateway.stop();
  process.exit(0);
}
process.on('SIGINT', () => void stop('SIGINT'));
process.on('SIGTERM', () => void stop('SIGTERM'));
process.on('SIGHUP', () => void configuration.readFile());
try {
  watchFile(path, () => void configuration.readFile());
} catch (error) {
  log.warn({ error: String(error) }, 'the configuration file cannot be watched; SIGHUP reads it again');
}
// Started by another process of the product: when that dies, nobody is left to stop the gateway.
if (process.connected) process.on('disconnect', () => void stop('the parent process is gone'));

await gateway.start();
if (configuration.version > 0)
  say(
    `gateway ${config.gateway}: devices of version ${configuration.version} of the host, not of ${path}; back: npm run gateway -- config --config ${path} --reset`,
  );
say(`gateway ${config.gateway}: started, ${config.devices.length} devices, data in ${config.dataDir}`);
