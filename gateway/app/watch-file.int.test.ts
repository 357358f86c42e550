// A file that is written in place, replaced, or only touched.
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { until } from '../drivers/host.fixture.ts';
import { watchFile } from './watch-file.ts';

it('says once that a file has other contents, however they came there', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'louwei-watch-'));
  const file = join(dir, 'gateway.yaml');
  writeFileSync(file, 'a');
  let changes = 0;
  const end = watchFile(file, () => changes++);
  try {
    writeFileSync(file, 'b');
    writeFileSync(file, 'c');
    await until(() => changes === 1, 'written in place', 30_000);
    writeFileSync(file, 'c');
    writeFileSync(join(dir, 'other.yaml'), 'x');
    writeFileSync(`${file}.tmp`, 'd');
    renameSync(`${file}.tmp`, file);
    await until(() => changes === 2, 'replaced', 30_000);
    expect(changes).toBe(2);
  } finally {
    end();
    rmSync(dir, { recursive: true, force: true });
  }
});
