// `npm run server`: starts the server from the environment. Exit code 2 and one line per fault when it cannot start;
// SIGINT and SIGTERM stop everything it started within five seconds.
import { ConfigurationError } from '@louwei/device-profiles';
import { DirectoryInUseError } from '../platform/lock.ts';
import { readConfig } from './config.ts';
import { StartRefusedError } from './refusal.ts';
import { createServer } from './server.ts';

const CANNOT_START = 2;
const STOP_WITHIN_MS = 4_500;

function refuse(error: unknown): never {
  if (
    error instanceof ConfigurationError ||
    error instanceof DirectoryInUseError ||
    error instanceof StartRefusedError
  ) {
    console.error(error.message);
    process.exit(CANNOT_START);
  }
  console.error(error);
  process.exit(1);
}

const stopping = new AbortController();
let server: ReturnType<typeof createServer> | undefined;

async function stop(exitCode: number): Promise<void> {
  if (stopping.signal.aborted) return;
  stopping.abort();
  const timer = setTimeout(() => process.exit(exitCode), STOP_WITHIN_MS);
  await server?.stop();
  clearTimeout(timer);
  process.exit(exitCode);
}

process.once('SIGINT', () => void stop(0));
process.once('SIGTERM', () => void stop(0));
// Started by another program: its end is ours.
process.once('disconnect', () => void stop(0));

try {
  const config = readConfig(process.env);
  server = createServer(config, stopping.signal);
  const { address, oneTimePassword } = await server.start();
  console.log(`Louwei is ready: ${address}`);
  if (oneTimePassword !== null) console.log(`Sign in as admin with the one-time password ${oneTimePassword}`);
} catch (error) {
  if (!stopping.signal.aborted) {
    await server?.stop();
    refuse(error);
  }
}
