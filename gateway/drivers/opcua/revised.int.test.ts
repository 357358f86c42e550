// Fault F30: a server that grants slower intervals than it was asked for. Ages are judged by what it grants, and the engineer is told.
import { Subscription } from 'node-opcua';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPointPipeline } from '../../points/pipeline.ts';
import type { Sample } from '../../points/reading.ts';
import { type FixtureHost, fixtureHost, until } from '../host.fixture.ts';
import { opcuaDriver } from './driver.ts';
import { deviceTo, makeServerCertificate, type ServerFixture, startServer, subscriptionsOf } from './server.fixture.ts';

const fastest = Subscription.minimumPublishingInterval;
let host: FixtureHost;
let fixture: ServerFixture;

beforeAll(async () => {
  host = fixtureHost();
  fixture = await startServer(await makeServerCertificate(host));
});
afterAll(async () => {
  Subscription.minimumPublishingInterval = fastest;
  await fixture.stop();
  host.dispose();
});

it('F30 revised intervals: stale after three of the granted ones, said in the log and in the diagnosis, keep-alives asked to fit', async () => {
  // Fifty of them are far beyond the timeout of the session, and one is longer than a connection may be without a word from us.
  Subscription.minimumPublishingInterval = 12_000;
  fixture.pressure.minimumSamplingInterval = 30_000;
  const device = deviceTo(fixture.port);
  const driver = opcuaDriver.create([device], host);
  await driver.start();
  try {
    await until(() => host.latest('pump-1', 'serial') !== undefined, 'first values', 60_000);
    // 50 publishings of 100 ms were to be 5 s; 50 of 12 s would be ten minutes. Two are the fewest this server knows.
    await until(() => host.expected.has('pump-1'), 'what is granted', 60_000);
    const granted = host.expected.get('pump-1') ?? new Map();
    expect(granted).toEqual(
      new Map([
        ['running', 24_000],
        ['pressure', 30_000],
        ['serial', 24_000],
      ]),
    );
    expect(subscriptionsOf(fixture).map(({ maxKeepAliveCount }) => maxKeepAliveCount)).toEqual([2]);
    const notes = [
      'the server is slower than asked: publishing every 12 s instead of 0.1 s, keep-alive every 24 s instead of 5 s',
      'the server samples every 30 s instead of 0.05 s: pump-1 pressure',
    ];
    await until(() => host.logged.some((line) => line.includes('samples')), 'the engineer is told', 60_000);
    for (const words of notes) expect(host.logged.filter((line) => line.includes(words))).toHaveLength(1);
    const [bus] = driver.diagnosis?.() ?? [];
    expect(bus).toMatchObject({
      where: `opc ua opc.tcp://127.0.0.1:${fixture.port}`,
      connects: 1,
      connectErrors: 0,
      notes,
      units: [{ id: 'pump-1', online: true, lastAnswerMs: expect.any(Number), lastError: null }],
    });

    const kept: Sample[] = [];
    let nowMs = Date.now();
    const pipeline = createPointPipeline({
      devices: [device],
      sink: (samples) => kept.push(...samples),
      now: () => nowMs,
    });
    pipeline.expects('pump-1', granted);
    const readings = ['pressure', 'running'].map(
      (point) => ({ point, value: 1, quality: 'good', gatewayTimeMs: nowMs }) as const,
    );
    pipeline.readings('pump-1', readings);
    const staleAfter = (ms: number): string[] => {
      nowMs += ms;
      pipeline.tick(nowMs);
      return kept.filter(({ quality }) => quality === 'stale').map(({ point }) => point);
    };
    expect(staleAfter(71_999)).toEqual([]);
    expect(staleAfter(1)).toEqual(['running']);
    expect(staleAfter(17_999)).toEqual(['running']);
    expect(staleAfter(1)).toEqual(['running', 'pressure']);
  } finally {
    await driver.stop();
  }
});

it('F30 the diagnosis keeps the last error and the last answer when the server is gone', async () => {
  Subscription.minimumPublishingInterval = fastest;
  const driver = opcuaDriver.create([deviceTo(fixture.port)], host);
  host.states.length = 0;
  await driver.start();
  try {
    await until(() => host.stateOf('pump-1')?.online === true, 'online', 60_000);
    await until(() => driver.diagnosis?.()[0]?.connects === 1, 'a session', 60_000);
    await fixture.stop();
    await until(() => driver.diagnosis?.()[0]?.connectErrors === 1, 'a failed attempt', 60_000);
    expect(driver.diagnosis?.()[0]?.units).toMatchObject([
      { id: 'pump-1', online: false, lastAnswerMs: expect.any(Number), lastError: { words: 'connection refused' } },
    ]);
  } finally {
    await driver.stop();
  }
});
