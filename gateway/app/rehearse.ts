// Several gateways in one process whose devices are made up: real outboxes, filled with the readings of a time that has
// passed, and real uplinks that deliver them while new readings go on. Used to rehearse the end of an outage.
// JSON lines in: the setting, then "live", then "quiet" (no new readings); JSON lines out: {"filled":n}, then twice a
// second {"gateways":[{node,epoch,filledSeq,lastSeq,acknowledgedSeq}]}. Ends with its standard input.
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pino } from 'pino';
import { z } from 'zod';
import { openOutbox } from '../outbox/outbox.ts';
import { createUplink } from '../uplink/uplink.ts';

const setting = z.strictObject({
  url: z.string(),
  folder: z.string(),
  points: z.int().positive(),
  /** So many seconds lie in each outbox, one reading of each point a second, all below zero. */
  filledS: z.int().nonnegative(),
  /** The value of a live reading is its time, ms after this. */
  liveFromMs: z.int(),
  gateways: z.array(z.strictObject({ node: z.string(), username: z.string(), password: z.string() })),
});
type Setting = z.infer<typeof setting>;

/** Unique on the server, so that its equipment has the same name. */
const deviceOf = (node: string): string => `${node}-d`;
const FILL_S = 50;
const STATUS_MS = 500;
const log = pino({ level: 'error' }, pino.destination(2));

function createNode(
  { url, folder, points: count, filledS, liveFromMs }: Setting,
  account: Setting['gateways'][number],
) {
  const { node, username, password } = account;
  const device = deviceOf(node);
  const outbox = openOutbox(join(folder, node), {
    onFatal(error) {
      throw error;
    },
  });
  const names = Array.from({ length: count }, (_, index) => `p${index}`);
  const points = outbox.register(names.map((point) => ({ device, point, type: 'Double' as const })));
  const read = (gatewayTimeMs: number, value: number): void =>
    outbox.append(names.map((point) => ({ device, point, gatewayTimeMs, value, quality: 'good' as const })));
  const beganMs = Date.now() - filledS * 1000;
  for (let second = 0; second < filledS; second++) {
    read(beganMs + second * 1000, second - filledS);
    if (second % FILL_S === FILL_S - 1) outbox.flush();
  }
  outbox.flush();
  const filledSeq = outbox.lastSeq;
  const uplink = createUplink({
    group: 'louwei',
    node,
    hostId: 'louwei',
    broker: { url, username, password },
    delivery: 'watermark',
    outbox,
    devices: [{ id: device, properties: {}, points }],
    log,
  });
  return {
    read: () => read(Date.now(), Date.now() - liveFromMs),
    start: () => uplink.start(),
    async stop() {
      await uplink.stop();
      outbox.close();
    },
    state: () => ({
      node,
      epoch: outbox.epoch,
      filledSeq,
      lastSeq: outbox.lastSeq,
      acknowledgedSeq: outbox.firstSeq - 1,
    }),
  };
}

const say = (line: unknown): boolean => process.stdout.write(`${JSON.stringify(line)}\n`);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const first = await lines.next();
if (first.done === true) throw new Error('stdin: found nothing, expected a line with the setting');
const wanted = setting.parse(JSON.parse(first.value));
const nodes = wanted.gateways.map((account) => createNode(wanted, account));
say({ filled: nodes.reduce((sum, node) => sum + node.state().filledSeq, 0) });

const timers: NodeJS.Timeout[] = [];
/** Each gateway in its own part of the second. */
function goLive(): void {
  for (const [index, node] of nodes.entries()) {
    node.start();
    timers.push(
      setTimeout(
        () => {
          timers.push(setInterval(node.read, 1000));
        },
        (index * 1000) / nodes.length,
      ),
    );
  }
}
const status = setInterval(() => say({ gateways: nodes.map((node) => node.state()) }), STATUS_MS);
for await (const line of lines) {
  if (line === 'live') goLive();
  else if (line === 'quiet') for (const timer of timers) clearInterval(timer);
}
for (const timer of [...timers, status]) clearInterval(timer);
await Promise.all(nodes.map((node) => node.stop()));
