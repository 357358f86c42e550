// F03 power cut: what was not yet synced is missing or torn. F04 bit rot: one flipped bit anywhere in the file.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outboxFile } from './database.ts';
import { openOutbox } from './outbox.ts';
import type { Outbox } from './port.ts';
import type { OutboxRecord } from './record.ts';

const GROUPS = 12;
const GROUP = 60;
let root: string;
/** File and log of a running outbox, as the disk has them at the moment of the cut. */
let running: { file: Buffer; wal: Buffer };
/** The file after a clean end. */
let closedFile: Buffer;

const open = (dir: string): Outbox =>
  openOutbox(dir, {
    onFatal: (error) => {
      throw error;
    },
  });

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'louwei-cut-'));
  const outbox = open(root);
  outbox.register([{ device: 'TR-1', point: 'load', type: 'Double' }]);
  let value = 0;
  for (let group = 0; group < GROUPS; group++) {
    const samples = Array.from({ length: GROUP }, () => ({
      device: 'TR-1',
      point: 'load',
      value: ++value,
      quality: 'good' as const,
      gatewayTimeMs: 1_000 + value,
    }));
    outbox.append(samples);
    outbox.flush();
  }
  const file = outboxFile(root);
  running = { file: readFileSync(file), wal: readFileSync(`${file}-wal`) };
  outbox.close();
  closedFile = readFileSync(file);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Opens an outbox whose disk holds these bytes. */
function opened<T>(file: Buffer, wal: Buffer | undefined, look: (outbox: Outbox, dir: string) => T): T {
  const dir = mkdtempSync(join(root, 'disk-'));
  writeFileSync(outboxFile(dir), file);
  if (wal !== undefined) writeFileSync(`${outboxFile(dir)}-wal`, wal);
  const outbox = open(dir);
  try {
    return look(outbox, dir);
  } finally {
    outbox.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Everything an outbox can still give. */
function all(outbox: Outbox): OutboxRecord[] {
  const records: OutboxRecord[] = [];
  for (let from = outbox.firstSeq; from <= outbox.lastSeq; from = (records.at(-1)?.seq ?? from) + 1) {
    const part = outbox.read(from, 500);
    if (part.length === 0) break;
    records.push(...part);
  }
  return records;
}

describe('F03: a power cut', () => {
  it('costs only the unsynced tail, in whole groups, wherever the log is cut off or garbled', () => {
    fc.assert(
      fc.property(fc.nat(), fc.boolean(), fc.integer({ min: 1, max: 4_096 }), (at, garbled, length) => {
        const cut = at % (running.wal.length + 1);
        const wal = Buffer.from(running.wal.subarray(0, garbled ? running.wal.length : cut));
        // The last block that the disk was writing holds anything.
        if (garbled)
          for (let index = cut; index < Math.min(wal.length, cut + length); index++) wal[index] = (index * 31) & 255;
        opened(running.file, wal, (outbox) => {
          const records = all(outbox);
          expect(records.map(({ seq, value }) => [seq, value])).toEqual(
            Array.from({ length: records.length }, (_, index) => [index + 1, index + 1]),
          );
          expect(records.length % GROUP).toBe(0);
          expect(outbox.lastSeq).toBe(records.length);
          expect(outbox.stats().damagedFiles).toBe(0);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('with everything synced costs nothing', () => {
    opened(running.file, running.wal, (outbox) => expect(outbox.lastSeq).toBe(GROUPS * GROUP));
  });
});

/** One bit of the file is flipped: the outbox opens, reads and writes on, or sets the file aside; so does the next start. */
function survivesFlippedBit(where: number, bit: number): void {
  const file = Buffer.from(closedFile);
  file[where] = (file[where] ?? 0) ^ (1 << bit);
  opened(file, undefined, (outbox, dir) => {
    if (outbox.stats().damagedFiles === 0) all(outbox);
    else expect(outbox.lastSeq).toBe(0);
    outbox.register([{ device: 'TR-1', point: 'load', type: 'Double' }]);
    outbox.append([{ device: 'TR-1', point: 'load', value: 7, quality: 'good', gatewayTimeMs: 9_000 }]);
    expect(outbox.flush(), `byte ${where}, bit ${bit}`).toBe(true);
    const last = outbox.lastSeq;
    outbox.close();
    const again = open(dir);
    expect(again.lastSeq).toBe(last);
    again.close();
  });
}

describe('F04: bit rot', () => {
  it('one flipped bit anywhere never stops the gateway', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 7 }), (at, bit) =>
        survivesFlippedBit(at % closedFile.length, bit),
      ),
      { numRuns: 60 },
    );
  });

  // https://www.sqlite.org/fileformat.html: page size, write and read version, reserved space, payload fractions; user version.
  it.each([16, 17, 18, 19, 20, 21, 22, 23, 60, 61, 62, 63])('nor does any bit of byte %i of the header', (where) => {
    for (let bit = 0; bit < 8; bit++) survivesFlippedBit(where, bit);
  });
});
