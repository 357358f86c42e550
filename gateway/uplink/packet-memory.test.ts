// What the MQTT library keeps of each packet it ever wrote.
import { Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { writeToStream } from 'mqtt-packet';
import { expect, it } from 'vitest';
import './connection.ts';

it('the length that is kept of every kind of packet holds no memory but its own', async () => {
  const written: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk);
      done();
    },
  });
  // What was drawn from the pool before belongs to a block of the size of that time.
  for (let drawn = 0; drawn < 2 * 65_536; drawn += 64) Buffer.allocUnsafe(64);
  for (let bytes = 200; bytes < 260; bytes++)
    writeToStream(
      { cmd: 'publish', topic: 't', payload: Buffer.alloc(bytes), qos: 0, dup: false, retain: false },
      stream,
    );
  // It holds what it writes until the event loop turns.
  await setImmediate();
  // Header, length, topic (its own length and text) and payload are written one after the other; a length has two bytes here.
  const lengths = written.filter((chunk) => chunk.length === 2 && (chunk[0] ?? 0) >= 128);
  expect(lengths.length).toBeGreaterThanOrEqual(60);
  expect(Math.max(...lengths.map(({ buffer }) => buffer.byteLength))).toBeLessThanOrEqual(512);
});
