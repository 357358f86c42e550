// `npm start`. Compiled code is kept between starts and for the programs started from here: less to strip, less memory.
// An installation that cannot be written does without.
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

const cache = enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/compile'));
if (cache.directory !== undefined)
  process.env['NODE_COMPILE_CACHE'] = join(import.meta.dirname, '../../node_modules/.cache/compile');
await import('./everything.ts');
