// Judges readings from stdin with the alarm engine, at the times they carry, and prints what the journal would hold.
// JSON lines in: {"equipment":{ID:CLASS},"startMs":n}, then {"atMs":n,"readings":[{"equipmentId","point","value"}]};
// JSON lines out: {"equipmentId","alarm","transition"}. Used to see what a simulated building leads to without waiting.
import { createInterface } from 'node:readline';
import { loadLibrary } from '@louwei/device-profiles';
import { z } from 'zod';
import { createRehearsal } from '../alarms/timeline/rehearsal.ts';

const header = z.strictObject({ equipment: z.record(z.string(), z.string()), startMs: z.int() });
const delivery = z.strictObject({
  atMs: z.int(),
  readings: z.array(
    z.strictObject({
      equipmentId: z.string(),
      point: z.string(),
      value: z.union([z.number(), z.boolean(), z.string(), z.null()]),
    }),
  ),
});

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const first = await lines.next();
if (first.done === true) throw new Error('stdin: found nothing, expected a line with the equipment');
const { equipment, startMs } = header.parse(JSON.parse(first.value));
const cast = new Map(
  Object.entries(equipment).map(([id, kind]) => [id, { class: kind, gatewayId: 'gateway' }] as const),
);
const rehearsal = createRehearsal(loadLibrary().classes, cast, startMs);
let shown = 0;
for await (const line of lines) {
  const { atMs, readings } = delivery.parse(JSON.parse(line));
  await rehearsal.advance(atMs);
  await rehearsal.read(
    readings.map(({ value, ...reading }) => ({
      ...reading,
      value: typeof value === 'boolean' ? Number(value) : value,
      quality: value === null ? 'sensor-fault' : 'good',
      timeMs: atMs,
      late: false,
    })),
  );
  const journal = await rehearsal.journal();
  for (const entry of journal.slice(shown)) console.log(JSON.stringify(entry));
  shown = journal.length;
}
