// `npm run gateway -- --config FILE`, or a command of the engineer on site. Plain JavaScript, and compiled code is kept between
// starts: then nothing is left to strip of its types, and the stripper's 20 MB are never loaded. An installation that cannot
// be written does without.
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

becomeSmall();
enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/compile'));
const command = process.argv[2] ?? '';
if (['plan', 'probe', 'scan', 'read'].includes(command)) await import('./engineer.ts');
else if (command === 'browse' && process.argv.some((text) => /^(mqtts?|wss?):/.test(text)))
  await import('./browse-sparkplug.ts');
else if (command === 'browse') await import('./browse.ts');
else if (command === 'config') await import('./config-command.ts');
else await import('./run.ts');

/**
 * A gateway shares a small computer for years: this process begins anew, as the same process, with a heap that is collected
 * before it has grown by more than a fifth, and one arena of the C library in place of one for each thread. Figures of both:
 * docs/benchmarks.md. Systems that cannot do this run as they were started; so does a gateway that ends with the program that
 * started it, for the channel between them would be lost.
 */
function becomeSmall() {
  const flags = ['--max-semi-space-size=2', '--optimize-for-size', '--heap-growing-percent=20'];
  const own = process.execArgv.filter((flag) => !flags.includes(flag));
  if (own.length === process.execArgv.length - flags.length && process.env.MALLOC_ARENA_MAX !== undefined) return;
  if (process.platform !== 'linux' || process.execve === undefined || process.connected) return;
  const args = [process.execPath, ...flags, ...own, ...process.argv.slice(1)];
  process.execve(process.execPath, args, { MALLOC_ARENA_MAX: '1', ...process.env });
}
