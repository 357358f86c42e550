// What the devices have shown by refusing reads, kept in `<dataDir>/modbus/learned.json`. Entries belong to a device as
// its model is: another model, or a changed map, begins anew.
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModbusModel } from '@louwei/device-profiles';
import type { Logger } from 'pino';
import { z } from 'zod';
import { type Learned, NOTHING_LEARNED } from '../../polling/core/learned.ts';
import { AREAS } from '../../polling/core/span.ts';
import type { LearnedStore } from '../../polling/learned-store.ts';

const count = z.int().min(0);
const learned = z.object({
  barriers: z.record(z.string(), z.number()),
  illegal: z.array(
    z.object({
      span: z.object({ area: z.enum(AREAS), address: count, count: z.int().min(1) }),
      refusals: z.int().min(1),
      probeAtMs: z.number(),
    }),
  ),
  answered: count,
  refused: z.int().min(1).nullable(),
});
const file = z.object({ devices: z.record(z.string(), z.object({ model: z.string(), learned })) });
type Entries = z.infer<typeof file>['devices'];

/** At the first contact many devices show much at once; the disk is asked once for all of them. */
const WRITE_AFTER_MS = 1000;

export interface LearnedFile extends LearnedStore {
  /** Writes what is not on the disk yet. */
  flush(): void;
  /** From now on these devices are loaded and saved. */
  adopt(devices: readonly LearnedDevice[]): void;
}

interface LearnedDevice {
  readonly id: string;
  readonly model: ModbusModel;
}

/** @param devices those that are loaded and saved; entries of others stay as they are. */
export function openLearnedFile(folder: string, devices: readonly LearnedDevice[], log: Logger): LearnedFile {
  const path = join(folder, 'learned.json');
  let models = versionsOf(devices);
  const entries = readEntries(path, log);
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    try {
      mkdirSync(folder, { recursive: true });
      writeWhole(path, `${JSON.stringify({ devices: entries }, null, 1)}\n`);
    } catch (error) {
      log.warn(
        { file: path, reason: String(error) },
        'cannot keep what the Modbus devices refuse; it is learned again',
      );
    }
  }

  return {
    flush,
    adopt(next) {
      models = versionsOf(next);
    },
    load(id) {
      const entry = Object.hasOwn(entries, id) ? entries[id] : undefined;
      return entry !== undefined && entry.model === models.get(id) ? entry.learned : NOTHING_LEARNED;
    },
    save(id, known) {
      const model = models.get(id);
      if (model === undefined) return;
      entries[id] = { model, learned: copyOf(known) };
      timer ??= setTimeout(flush, WRITE_AFTER_MS).unref();
    },
  };
}

const versionsOf = (devices: readonly LearnedDevice[]): Map<string, string> =>
  new Map(devices.map(({ id, model }) => [id, versionOf(model)]));

/** Changes with everything that decides which registers are asked for. */
export const versionOf = ({ model, modbus, points, inputs, derived }: ModbusModel): string =>
  `${model} ${createHash('sha256').update(JSON.stringify({ modbus, points, inputs, derived })).digest('hex').slice(0, 16)}`;

function readEntries(path: string, log: Logger): Entries {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return {};
  }
  try {
    return file.parse(JSON.parse(text)).devices;
  } catch {
    log.warn({ file: path }, 'the file of learned Modbus addresses cannot be read; everything is learned again');
    return {};
  }
}

/** Never half a file: written beside, then put in its place. */
function writeWhole(path: string, text: string): void {
  const beside = `${path}.new`;
  const descriptor = openSync(beside, 'w', 0o600);
  try {
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(beside, path);
}

const copyOf = ({ barriers, illegal, answered, refused }: Learned): Entries[string]['learned'] => ({
  barriers: { ...barriers },
  illegal: [...illegal],
  answered,
  refused,
});
