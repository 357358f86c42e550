// mosquitto instead of the embedded broker: the server is a client of it through LOUWEI_MQTT_URL, and readings arrive.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { signIn } from './client.ts';
import { freePort, partsMissing, startProduct, temporaryFolder, until } from './product.ts';

const MOSQUITTO = '/usr/sbin/mosquitto';
const missing = partsMissing(MOSQUITTO);

describe.skipIf(missing)('an external broker', () => {
  it('carries the whole building, and again after it was killed and restarted with an empty memory', async () => {
    const folder = temporaryFolder();
    const port = await freePort();
    const config = join(folder.path, 'mosquitto.conf');
    writeFileSync(config, `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\n`);
    const startBroker = () => spawn(MOSQUITTO, ['-c', config], { stdio: 'ignore' });
    let broker = startBroker();
    const product = await startProduct({ env: { LOUWEI_MQTT_URL: `mqtt://127.0.0.1:${port}` } });
    try {
      const client = await signIn(product.url);
      const watermark = async () =>
        (
          await client.get<{ items: { id: string; online: boolean; watermark: { seq: number } }[] }>('/api/v1/gateways')
        ).items.find((gateway) => gateway.online);
      const before = await until('readings arrive through mosquitto', 60_000, async () => {
        const gateway = await watermark();
        return gateway && gateway.watermark.seq > 200 ? gateway : undefined;
      });
      broker.kill('SIGKILL');
      await new Promise((done) => broker.once('exit', done));
      broker = startBroker();
      const after = await until('readings arrive again', 60_000, async () => {
        const gateway = await watermark();
        return gateway && gateway.watermark.seq > before.watermark.seq + 200 ? gateway : undefined;
      });
      expect(after.id).toBe(before.id);
    } finally {
      await product.stop();
      broker.kill('SIGKILL');
      folder.remove();
    }
  }, 180_000);
});
