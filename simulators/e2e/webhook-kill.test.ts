// A webhook's receiver is away, an alarm is raised, and the server is killed (SIGKILL) before it could tell: after the next
// start the receiver hears every transition, in the order of the journal.
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { expect, it } from 'vitest';
import { type Client, signIn } from './client.ts';
import { freePort, type Product, simulate, startProduct, temporaryFolder, until } from './product.ts';

const EQUIPMENT = 'TR-1';
const ALARM = 'winding-overtemperature';

interface Told {
  readonly seq: number;
  readonly event: string;
  readonly alarm: { readonly id: string; readonly alarm: string } | null;
}
interface AlarmView {
  readonly id: string;
  readonly alarm: string;
}

/** The server is a child of the program that starts everything. */
function serverOf(product: Product): number {
  const parent = String(product.program.child.pid);
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const isChild = readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] === parent;
      if (isChild && readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes('server/app/main.ts'))
        return Number(entry);
    } catch {
      // It ended while we looked.
    }
  }
  throw new Error('no server among the children');
}

const openAlarm = async (client: Client): Promise<AlarmView | undefined> =>
  (await client.get<{ items: AlarmView[] }>(`/api/v1/alarms?equipmentId=${EQUIPMENT}`)).items.find(
    ({ alarm }) => alarm === ALARM,
  );

it('nothing that was committed before the kill is lost to the receiver', async () => {
  const folder = temporaryFolder();
  const port = await freePort();
  const told: Told[] = [];
  const receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      told.push(JSON.parse(body) as Told);
      response.writeHead(204).end();
    });
  });
  const start = () => startProduct({ dataDir: folder.path, env: { LOUWEI_WEBHOOK_PRIVATE: 'true' } });
  let product = await start();
  try {
    let client = await signIn(product.url);
    const url = `http://127.0.0.1:${port}/hook`;
    const added = await client.send('POST', '/api/v1/webhooks', { url });
    expect(added.status).toBe(201);
    simulate(product, 'fault', EQUIPMENT, ALARM);
    const alarm = await until('the alarm is open', 120_000, () => openAlarm(client));
    await client.send('POST', `/api/v1/alarms/${alarm.id}/acknowledge`, { comment: 'seen' });
    const { items } = await client.get<{ items: { waiting: number }[] }>('/api/v1/webhooks');
    expect(items[0]?.waiting).toBeGreaterThanOrEqual(2);
    expect(told).toEqual([]);

    process.kill(serverOf(product), 'SIGKILL');
    await product.program.stop();
    await new Promise<void>((done) => receiver.listen(port, '127.0.0.1', done));
    product = await start();
    client = await signIn(product.url);
    const { journal } = await client.get<{ journal: { seq: number; event: string }[] }>(`/api/v1/alarms/${alarm.id}`);
    const before = journal.slice(0, 1 + journal.findIndex(({ event }) => event === 'ACK')).map(({ seq }) => seq);
    expect(before.length).toBeGreaterThanOrEqual(2);
    await until('the receiver heard all of it', 60_000, () =>
      before.every((seq) => told.some((one) => one.seq === seq)),
    );
    const seqs = [...new Set(told.map(({ seq }) => seq))];
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
    expect(told.find(({ event, alarm: of }) => event === 'ACTIVE' && of?.id === alarm.id)).toBeDefined();
  } finally {
    await product.stop();
    receiver.closeAllConnections();
    receiver.close();
    folder.remove();
  }
}, 300_000);
