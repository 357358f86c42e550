// From MQTT publish to the live frame at a browser's socket, at a steady 5,000 values/s; beside it the same messages'
// way through the broker alone.
import { setTimeout as delay } from 'node:timers/promises';
import { signIn } from '../e2e/client.ts';
import { withBenchServer } from './bench-server.ts';
import { deviceName } from './edge-node.ts';
import { type BenchResult, percentile, round } from './report.ts';

const DEVICES = 50;
const POINTS = 100;
const SECONDS = 20;
/** Each device sends all its points once a second: 50 x 100 = 5,000 values/s, spread over the second. */
const SLOT_MS = 1000 / DEVICES;

export async function benchLatency(): Promise<BenchResult> {
  return withBenchServer({ devices: DEVICES, pointsPerDevice: POINTS }, async (product, node) => {
    const sentAt = new Map<number, number>();
    const commitMs: number[] = [];
    let acknowledged = 0;
    node.onWatermark((seq, at) => {
      for (const [last, sent] of sentAt) {
        if (last > seq) break;
        commitMs.push(at - sent);
        sentAt.delete(last);
        acknowledged = last;
      }
    });
    for (let device = 0; device < DEVICES; device++) node.publish(device, Array(POINTS).fill(0), Date.now());
    await node.committed(node.sentSeq, 20_000);
    const client = await signIn(product.url);
    const live = await client.live();
    live.watch(
      Array.from({ length: DEVICES }, (_, index) => deviceName(index)),
      'all',
    );
    await delay(500);

    // The value itself carries the time it was sent, so a frame shows its own age.
    const began = Date.now();
    for (let slot = 0; slot < SECONDS * DEVICES; slot++) {
      const wait = began + slot * SLOT_MS - Date.now();
      if (wait > 0) await delay(wait);
      const now = Date.now();
      const seq = node.publish(slot % DEVICES, Array(POINTS).fill(now - began + 1), now);
      sentAt.set(seq, now);
    }
    await node.committed(node.sentSeq, 20_000);
    await delay(500);
    const frameMs: number[] = [];
    for (const { atMs, message } of live.messages) {
      if (message.type !== 'values') continue;
      for (const value of message['values'] as [string, string, number, string, number][]) {
        if (value[2] > 0) frameMs.push(atMs - (began + value[2] - 1));
      }
    }
    live.close();
    await node.stop();
    return {
      figures: {
        valuesPerSecond: DEVICES * POINTS,
        liveFramesValues: frameMs.length,
        p50Ms: round(percentile(frameMs, 0.5)),
        p99Ms: round(percentile(frameMs, 0.99)),
        commitP50Ms: round(percentile(commitMs, 0.5)),
        commitP99Ms: round(percentile(commitMs, 0.99)),
        valuesCommitted: acknowledged,
      },
      baseline: await brokerOnly(),
    };
  });
}

/** A publish and its delivery by a broker with nothing behind it, same rate of messages. */
async function brokerOnly(): Promise<Record<string, number>> {
  const { Aedes } = await import('aedes');
  const { createServer } = await import('node:net');
  const { connectAsync } = await import('mqtt');
  const broker = await Aedes.createBroker();
  const server = createServer(broker.handle);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const [from, to] = await Promise.all([
    connectAsync(`mqtt://127.0.0.1:${port}`),
    connectAsync(`mqtt://127.0.0.1:${port}`),
  ]);
  const ages: number[] = [];
  to.on('message', (_topic, payload) => ages.push(performance.now() - payload.readDoubleLE(0)));
  await to.subscribeAsync('bench');
  for (let message = 0; message < 5 * DEVICES; message++) {
    const payload = Buffer.alloc(2000);
    payload.writeDoubleLE(performance.now(), 0);
    from.publish('bench', payload);
    await delay(SLOT_MS);
  }
  await Promise.all([from.endAsync(true), to.endAsync(true)]);
  await new Promise<void>((done) => broker.close(() => done()));
  await new Promise((done) => server.close(done));
  return { brokerOnlyP50Ms: round(percentile(ages, 0.5), 2), brokerOnlyP99Ms: round(percentile(ages, 0.99), 2) };
}
