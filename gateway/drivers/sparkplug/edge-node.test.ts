// One edge node on a fake clock: requests for a birth, what is told when none comes, and what is counted.
import { sparkplugModel } from '@louwei/device-profiles';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { decodePayload } from '../../uplink/sparkplug/decode.ts';
import { encodePayload, type Metric } from '../../uplink/sparkplug/payload.ts';
import { parseSparkplugTopic } from '../../uplink/sparkplug/topics.ts';
import { type FixtureHost, fixtureClass, fixtureHeader, fixtureHost } from '../host.fixture.ts';
import { sparkplugConnection } from './connection.ts';
import { createSparkplugDevice } from './device.ts';
import { createEdgeNode, type EdgeNode } from './edge-node.ts';

const model = sparkplugModel.parse({
  ...fixtureHeader,
  model: 'test/sparkplug',
  protocol: 'sparkplug',
  points: { level: { metric: 'Level' } },
  examples: [{ point: 'level', raw: 1, value: 1 }],
});

let host: FixtureHost;
let dispose: () => void;
let node: EdgeNode;
let nowMs: number;
let sent: { readonly atMs: number; readonly topic: string; readonly name: string | undefined }[];

function begin(): void {
  const made = fixtureHost();
  [host, nowMs, sent] = [{ ...made, now: () => nowMs }, 0, []];
  dispose = made.dispose;
  const devices = ['pump-1', undefined].map((device) =>
    createSparkplugDevice(
      {
        id: device ?? 'node',
        model,
        class: fixtureClass,
        connection: sparkplugConnection.parse({ url: 'mqtt://plant', group: 'g', edgeNode: 'n', device }),
        pollMs: { fast: 1, normal: 1, slow: 1 },
      },
      host,
      () => nowMs,
    ),
  );
  const send = (topic: string, payload: Buffer): boolean => {
    sent.push({ atMs: nowMs, topic, name: decodePayload(payload).metrics[0]?.name });
    return true;
  };
  node = createEdgeNode({ group: 'g', node: 'n', devices, send, host, monotonicNow: () => nowMs });
}
beforeEach(begin);
afterEach(() => dispose());

const metric = (name: string, value: number): Metric => ({
  name,
  type: 'Double',
  value,
  timestampMs: 1,
  quality: 'good',
});
const hear = (topic: string, seq: number, metrics: readonly Metric[], retained = false): void => {
  const parsed = parseSparkplugTopic(`spBv1.0/g/${topic}`);
  if (parsed === undefined) throw new Error(`${topic} is no Sparkplug topic`);
  node.message(parsed, encodePayload({ timestampMs: 1, seq, metrics }), retained);
};
const pass = (untilMs: number): void => {
  for (; nowMs < untilMs; nowMs += 500) node.tick(0);
};
const logged = (words: string): string[] => host.logged.filter((line) => line.includes(words));

it('asks a node that says nothing ever more rarely, logs it once, and gives the device up after 10 s', () => {
  node.reached();
  pass(9_500);
  expect(host.states).toEqual([]);
  pass(60_000);
  expect(sent).toEqual(
    [1_000, 6_000, 16_000, 36_000].map((atMs) => ({ atMs, topic: 'spBv1.0/g/NCMD/n', name: 'Node Control/Rebirth' })),
  );
  expect(logged('is asked for its birth')).toHaveLength(1);
  expect(host.states).toEqual([
    { device: 'pump-1', state: { online: false, reason: 'no birth certificate of g/n/pump-1 within 10 s' } },
    { device: 'node', state: { online: false, reason: 'no birth certificate of g/n within 10 s' } },
  ]);
  expect(host.latest('pump-1', 'level')).toMatchObject({ value: null, quality: 'not-connected' });
});

it('takes the node itself with its birth, and a device only with its own', () => {
  node.reached();
  hear('NBIRTH/n', 0, [metric('bdSeq', 1), metric('Level', 5)]);
  expect(host.stateOf('node')).toEqual({ online: true });
  expect(host.latest('node', 'level')).toMatchObject({ value: 5, quality: 'good' });
  pass(11_000);
  expect(host.stateOf('pump-1')).toMatchObject({ reason: 'no birth certificate of g/n/pump-1 within 10 s' });
  hear('DBIRTH/n/pump-1', 1, [metric('Level', 6)]);
  expect(host.stateOf('pump-1')).toEqual({ online: true });
  expect(sent).toEqual([]);
});

it('counts what it does not take until the next birth, and tells each reason once', () => {
  node.reached();
  hear('DDATA/n/pump-1', 9, [metric('Level', 1), metric('Level', 2)]);
  hear('NBIRTH/n', 0, [metric('bdSeq', 1)], true);
  expect(host.received).toEqual([]);
  for (let count = 0; count < 3; count++)
    node.message({ group: 'g', type: 'NDATA', node: 'n' }, Uint8Array.of(0xff, 0xff), false);
  node.message({ group: 'g', type: 'NDATA', node: 'n' }, new Uint8Array(5_000_000), false);
  expect(logged('Sparkplug messages not taken')).toHaveLength(3);
  hear('NBIRTH/n', 0, [metric('bdSeq', 1)]);
  expect(JSON.parse(logged('edge node is born')[0] ?? '{}')).toMatchObject({
    asked: 1,
    notTaken: { 'not-born': 2, retained: 1, malformed: 4 },
  });
  expect(host.received.every(({ reading }) => reading.value === null)).toBe(true);
});

it('whatever comes: what is offline shows nothing good, what is good is online, and no time is made up', () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('data' as const), skip: fc.constantFrom(0, 0, 0, 0, 1, 40) }) },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 500, max: 15_000 }) }),
    },
    fc.record({
      do: fc.constantFrom('bear', 'node birth', 'device death', 'death', 'old death', 'lost', 'reached', 'past'),
    }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      dispose();
      begin();
      node.reached();
      let [seq, value, seen] = [0, 0, 0];
      const told = new Set<unknown>();
      const next = (skip = 0): number => {
        seq = (seq + 1 + skip) % 256;
        return seq;
      };
      const level = (): Metric => {
        told.add(++value);
        return metric('Level', value);
      };
      const birth = (): void => {
        seq = 0;
        hear('NBIRTH/n', 0, [metric('bdSeq', 9)]);
      };
      for (const one of steps) {
        if (one.do === 'data') hear('DDATA/n/pump-1', next(one.skip), [level()]);
        else if (one.do === 'wait') pass(nowMs + one.ms);
        else if (one.do === 'past')
          hear('DDATA/n/pump-1', next(), [{ ...metric('Level', -1), timestampMs: Date.UTC(2020), historical: true }]);
        else if (one.do === 'device death') hear('DDEATH/n/pump-1', next(), []);
        else if (one.do === 'death') hear('NDEATH/n', 0, [metric('bdSeq', 9)]);
        else if (one.do === 'old death') hear('NDEATH/n', 0, [metric('bdSeq', 8)]);
        else if (one.do === 'lost') node.lost('field broker lost');
        else if (one.do === 'reached') node.reached();
        else birth();
        if (one.do === 'bear') hear('DBIRTH/n/pump-1', next(), [level()]);

        const latest = host.latest('pump-1', 'level');
        const isGood = latest?.quality === 'good';
        const isOnline = host.stateOf('pump-1')?.online === true;
        expect(isGood && !isOnline).toBe(false);
        for (const { reading } of host.received.slice(seen)) {
          expect(reading.gatewayTimeMs).toBeLessThanOrEqual(nowMs);
          if (reading.quality === 'good') expect(told).toContain(reading.value);
        }
        seen = host.received.length;
      }
    }),
  );
});
