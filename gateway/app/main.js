// `npm run gateway -- --config FILE`, or a command of the engineer on site. Plain JavaScript, and compiled code is kept between
// starts: then nothing is left to strip of its types, and the stripper's 20 MB are never loaded. An installation that cannot
// be written does without.
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/compile'));
const command = process.argv[2] ?? '';
if (['plan', 'probe', 'scan', 'read'].includes(command)) await import('./engineer.ts');
else if (command === 'browse' && process.argv.some((text) => /^(mqtts?|wss?):/.test(text)))
  await import('./browse-sparkplug.ts');
else if (command === 'browse') await import('./browse.ts');
else if (command === 'config') await import('./config-command.ts');
else await import('./run.ts');
