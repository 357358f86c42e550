// A device set to another order of words than its model states: read and commanded in its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadLibrary, type ModbusModel } from '@louwei/device-profiles';
import { afterAll, expect, it } from 'vitest';
import { readOnce } from '../read-once.ts';
import { modbusConnection } from './connection.ts';
import { modbusDriver } from './driver.ts';
import { type ModbusFixture, startModbusServer } from './modbus-server.fixture.ts';

let server: ModbusFixture | undefined;
const folder = mkdtempSync(join(tmpdir(), 'louwei-word-order-'));
afterAll(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

const library = loadLibrary();
const sdm = library.models.get('eastron/sdm630');
if (sdm?.protocol !== 'modbus') throw new Error('no Modbus model eastron/sdm630');
const model: ModbusModel = sdm;
const found = library.classes.get(model.class);
if (found === undefined) throw new Error(`no class ${model.class}`);
const subject = found;

/** Every pair of registers holds 230.0 as a 32-bit float, low word first. */
const LOW_FIRST = Buffer.from([0x00, 0x00, 0x43, 0x66]);

async function voltage(wordOrder?: string): Promise<unknown> {
  server ??= await startModbusServer(({ answer }) => {
    const spoilt = Buffer.from(answer);
    for (let at = 9; at + 4 <= spoilt.length; at += 4) LOW_FIRST.copy(spoilt, at);
    return spoilt;
  });
  const connection = modbusConnection.parse({ host: '127.0.0.1', port: server.port, unit: 1, wordOrder });
  const pollMs = { fast: 1_000, normal: 1_000, slow: 1_000 };
  const { readings } = await readOnce(
    { id: 'M', model, class: subject, driver: modbusDriver, connection, pollMs },
    { dataDir: folder, wanted: ['voltageL1'] },
  );
  return readings.get('voltageL1')?.value;
}

it('the order of the connection stands before that of the model', async () => {
  expect(model.modbus.wordOrder).toBe('ABCD');
  expect(await voltage('CDAB')).toBe(230);
  expect(await voltage()).not.toBe(230);
});
