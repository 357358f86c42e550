import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { freePort, listen } from '../protocols/listen.ts';
import { openKeptPorts } from './kept-ports.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'louwei-ports-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('gives the port of the last start again, unless somebody else has it or the file is damaged', async () => {
  const [port, taken] = [await freePort(), createServer()];
  const takenPort = await listen(taken);
  const first = openKeptPorts(folder);
  expect(await first.wanted('bus')).toBe(0);
  first.keep('bus', port);
  first.keep('broker', takenPort);
  first.save();
  const second = openKeptPorts(folder);
  expect(await second.wanted('bus')).toBe(port);
  expect(await second.wanted('broker')).toBe(0);
  await new Promise((done) => taken.close(done));
  writeFileSync(join(folder, 'simulator-ports.json'), '{"bus": "x"');
  expect(await openKeptPorts(folder).wanted('bus')).toBe(0);
});
