// The outbox on real files: what it reported committed is there after SIGKILL; damage, a full store and a new epoch.
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, openSync, readdirSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sample } from '../points/reading.ts';
import { OutboxInUse, outboxFile } from './database.ts';
import { openOutbox } from './outbox.ts';
import type { Outbox, OutboxOptions } from './port.ts';
import type { OutboxRecord } from './record.ts';

let dir: string;
let open: Outbox[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'louwei-outbox-'));
});
afterEach(() => {
  for (const outbox of open) outbox.close();
  open = [];
  rmSync(dir, { recursive: true, force: true });
});

function start(options: Partial<OutboxOptions> = {}): Outbox {
  const outbox = openOutbox(dir, {
    onFatal: (error) => {
      throw error;
    },
    ...options,
  });
  outbox.register([
    { device: 'TR-1', point: 'load', type: 'Double' },
    { device: 'TR-1', point: 'comm', type: 'Boolean' },
    { device: 'TR-1', point: 'serial', type: 'String' },
  ]);
  open.push(outbox);
  return outbox;
}

function close(outbox: Outbox): void {
  outbox.close();
  open = open.filter((other) => other !== outbox);
}

const sample = (value: Sample['value'], point = 'load', gatewayTimeMs = 1_000): Sample => ({
  device: 'TR-1',
  point,
  value,
  quality: 'good',
  gatewayTimeMs,
});

const numbers = (count: number, from = 1): Sample[] =>
  Array.from({ length: count }, (_, index) => sample(from + index));

describe('outbox', () => {
  it('numbers from 1, reports after the commit and reads back every form of value', () => {
    const outbox = start();
    const committed: OutboxRecord[] = [];
    outbox.onCommitted((records) => committed.push(...records));
    outbox.append([
      { ...sample(12.5), deviceTimeMs: 900 },
      sample(true, 'comm'),
      sample('A-17', 'serial'),
      { ...sample(null), quality: 'timeout' },
      sample(Number.NaN),
      sample(1, 'comm'),
      sample(1, 'nobody-registered-this'),
    ]);
    expect(committed).toEqual([]);
    expect(outbox.flush()).toBe(true);
    expect(committed.map(({ seq, value, quality }) => [seq, value, quality])).toEqual([
      [1, 12.5, 'good'],
      [2, true, 'good'],
      [3, 'A-17', 'good'],
      [4, null, 'timeout'],
      [5, null, 'decode-error'],
      [6, true, 'good'],
    ]);
    expect(outbox.stats().unknownPoint).toBe(1);
    close(outbox);
    expect(start().read(1, 100)).toEqual(committed);
  });

  it('commits by itself within the group time', async () => {
    const outbox = start();
    const before = performance.now();
    const seen = new Promise<number>((resolve) => outbox.onCommitted(() => resolve(performance.now() - before)));
    outbox.append(numbers(3));
    expect(await seen).toBeLessThan(1_000);
    expect(outbox.lastSeq).toBe(3);
  });

  it('goes on counting after a restart with an empty log, under the same epoch and aliases', () => {
    const first = start();
    first.append(numbers(10));
    first.flush();
    first.trimTo(10);
    first.flush();
    const { epoch } = first;
    const alias = first.find('TR-1', 'load')?.alias;
    close(first);
    const second = start();
    expect([second.epoch, second.firstSeq, second.lastSeq]).toEqual([epoch, 11, 10]);
    expect(second.find('TR-1', 'load')?.alias).toBe(alias);
    second.append(numbers(1));
    second.flush();
    expect(second.read(0, 10).map(({ seq }) => seq)).toEqual([11]);
  });

  it('trims in chunks and never reads what was trimmed', () => {
    const outbox = start();
    outbox.append(numbers(12_000));
    outbox.flush();
    outbox.trimTo(11_990);
    expect(outbox.firstSeq).toBe(11_991);
    expect(outbox.read(1, 100).map(({ value }) => value)).toEqual(numbers(10, 11_991).map(({ value }) => value));
    for (let round = 0; round < 3; round++) outbox.flush();
    close(outbox);
    expect(start().firstSeq).toBe(11_991);
  });

  it('gives up the oldest when full, and remembers how many', () => {
    const warnings: string[] = [];
    const outbox = start({ maxRecords: 1_000, onWarning: (message) => warnings.push(message) });
    for (let group = 0; group < 15; group++) {
      outbox.append(numbers(100, group * 100 + 1));
      outbox.flush();
    }
    expect([outbox.firstSeq, outbox.lastSeq, outbox.dropped]).toEqual([501, 1_500, 500]);
    expect(warnings).toHaveLength(1);
    close(outbox);
    const again = start({ maxRecords: 1_000 });
    expect([again.firstSeq, again.lastSeq, again.dropped]).toEqual([501, 1_500, 500]);
  });

  it('puts unsent records under a higher epoch when the server knows one', () => {
    const outbox = start();
    outbox.append(numbers(5));
    outbox.flush();
    outbox.trimTo(2);
    const wanted = outbox.epoch + 1_000;
    outbox.adoptEpoch(wanted);
    outbox.adoptEpoch(wanted - 1);
    expect([outbox.epoch, outbox.firstSeqOfEpoch]).toEqual([wanted, 3]);
    outbox.flush();
    close(outbox);
    const again = start();
    expect([again.epoch, again.firstSeqOfEpoch]).toEqual([wanted, 3]);
    expect(again.read(1, 10).map(({ seq }) => seq)).toEqual([3, 4, 5]);
  });

  it('refuses a second opening', () => {
    start();
    expect(() => openOutbox(dir, { onFatal: () => undefined })).toThrow(OutboxInUse);
  });

  it('forgets points of devices that are gone, but not while their records wait', () => {
    const outbox = start();
    outbox.append(numbers(1));
    outbox.flush();
    outbox.keepDevices(new Set());
    expect([outbox.find('TR-1', 'load')?.device, outbox.find('TR-1', 'comm')]).toEqual(['TR-1', undefined]);
    outbox.trimTo(1);
    outbox.flush();
    outbox.keepDevices(new Set());
    expect(outbox.find('TR-1', 'load')).toBeUndefined();
  });

  for (const [name, harm] of [
    ['truncated', (file: string) => truncateSync(file, Math.floor(statSync(file).size / 2 / 4096) * 4096 + 100)],
    ['garbled', (file: string) => garble(file, 0, statSync(file).size)],
    ['garbled in its header', (file: string) => garble(file, 0, 100)],
    ['garbled behind its header', (file: string) => garble(file, 4096, 4096)],
  ] as const) {
    it(`sets a ${name} file aside and begins a higher epoch`, () => {
      const outbox = start({ now: () => 5_000_000_000_000 });
      outbox.append(numbers(3_000));
      outbox.flush();
      const { epoch } = outbox;
      close(outbox);
      harm(outboxFile(dir));
      const warnings: string[] = [];
      const again = start({ now: () => 5_000_000_000_001, onWarning: (message) => warnings.push(message) });
      expect(again.epoch).toBeGreaterThan(epoch);
      expect(again.lastSeq).toBe(0);
      expect(again.stats().damagedFiles).toBe(1);
      expect(warnings).toEqual(['the outbox file was damaged and set aside']);
      expect(readdirSync(dir).some((file) => file.startsWith('outbox.sqlite.damaged-'))).toBe(true);
      again.append(numbers(2));
      expect(again.flush()).toBe(true);
    });
  }

  it('begins an epoch above a readable old one even when the clock went back', () => {
    const outbox = start({ now: () => 5_000_000_000_000 });
    outbox.append(numbers(3_000));
    outbox.flush();
    close(outbox);
    const file = outboxFile(dir);
    garble(file, statSync(file).size - 8_192, 8_192);
    const again = start({ now: () => 1_000 });
    expect(again.epoch).toBe(5_000_000_000_001);
  });

  it('opens without the last writes when the log has a torn tail', () => {
    const outbox = start();
    outbox.append(numbers(10));
    outbox.flush();
    close(outbox);
    appendFileSync(`${outboxFile(dir)}-wal`, Buffer.alloc(5_000, 7));
    const again = start();
    expect([again.lastSeq, again.stats().damagedFiles]).toEqual([10, 0]);
  });

  it('has everything it reported committed after SIGKILL at a random moment', async () => {
    let known = 0;
    for (let round = 0; round < 8; round++) {
      const reported = await appendUntilKilled(dir, 60 + Math.floor(Math.random() * 240));
      known = Math.max(known, reported);
      const outbox = start();
      expect(outbox.lastSeq).toBeGreaterThanOrEqual(known);
      expect(outbox.stats().damagedFiles).toBe(0);
      let expected = 1;
      for (let from = 1; ; ) {
        const records = outbox.read(from, 5_000);
        for (const { seq, value } of records) expect([seq, value]).toEqual([expected, expected++]);
        if (records.length === 0) break;
        from = expected;
      }
      expect(expected - 1).toBe(outbox.lastSeq);
      known = outbox.lastSeq;
      close(outbox);
    }
    expect(known).toBeGreaterThan(0);
  });
});

function garble(file: string, at: number, length: number): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.from(Array.from({ length }, (_, index) => (index * 31 + 7) % 251)), 0, length, at);
}

/** A process that appends its own sequence numbers as values and prints each committed one. */
async function appendUntilKilled(directory: string, afterMs: number): Promise<number> {
  const program = `
    import { openOutbox } from ${JSON.stringify(join(import.meta.dirname, 'outbox.ts'))};
    const outbox = openOutbox(${JSON.stringify(directory)}, { onFatal: (error) => { throw error; } });
    outbox.register([{ device: 'TR-1', point: 'load', type: 'Double' }]);
    let value = outbox.lastSeq;
    outbox.onCommitted((records) => process.stdout.write(records.at(-1).seq + '\\n'));
    setInterval(() => {
      const samples = Array.from({ length: 1 + Math.floor(Math.random() * 200) }, () => (
        { device: 'TR-1', point: 'load', value: ++value, quality: 'good', gatewayTimeMs: Date.now() }));
      outbox.append(samples);
    }, 3);`;
  const child: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  let last = 0;
  let timer: NodeJS.Timeout | undefined;
  if (child.stdout === null) throw new Error('no output');
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line);
    timer ??= setTimeout(() => child.kill('SIGKILL'), afterMs);
  }
  clearTimeout(timer);
  child.kill('SIGKILL');
  await ended;
  return last;
}
