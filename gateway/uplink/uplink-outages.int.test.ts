// The uplink when broker, host or server go, come back, forget or talk nonsense.
import type { Socket } from 'node:net';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { RECONNECT_BASE_MS } from './core/backoff.ts';
import { stateTopic, watermarkTopic } from './sparkplug/topics.ts';
import {
  allStored,
  hostIs,
  kinds,
  produce,
  publish,
  site,
  startBroker,
  startUplink,
  stopBroker,
  until,
  useSite,
} from './uplink-site.fixture.ts';

useSite();

describe('uplink in outages', () => {
  it('survives the broker: stores meanwhile, backlog as history, a fresh bdSeq', async () => {
    hostIs(true);
    startUplink();
    produce(10);
    await until('all stored', allStored);
    const onPort = site.port;
    await stopBroker();
    produce(500);
    await until('committed', () => site.outbox.lastSeq === 510);
    site.heard.length = 0;
    await startBroker(onPort);
    publish(watermarkTopic('louwei', 'gw-1'), JSON.stringify(site.watermark), true);
    hostIs(true);
    await until('all stored', allStored, 30_000);
    expect(site.stored.size).toBe(510);
    const births = site.heard.filter(({ topic }) => topic.type === 'NBIRTH');
    expect(births).toHaveLength(1);
    const history = site.heard.filter(({ topic }) => topic.type === 'DDATA').flatMap(({ payload }) => payload.metrics);
    expect(history.filter(({ historical }) => historical === true)).toHaveLength(499);
    expect(births[0]?.payload.metrics[0]?.value).toBeGreaterThan(0);
  });

  it('comes back at once after each of many short connections on which something was committed (F01, F19)', async () => {
    const waits: number[] = [];
    const log = pino(
      { level: 'info' },
      {
        write: (line: string) => {
          const { delayMs } = JSON.parse(line) as { delayMs?: number };
          if (delayMs !== undefined) waits.push(delayMs);
        },
      },
    );
    let socket: Socket | undefined;
    site.tcp.on('connection', (opened) => {
      socket = opened;
    });
    hostIs(true);
    startUplink({}, { log });
    for (let round = 1; round <= 6; round++) {
      produce(5);
      await until('all stored', () => site.outbox.lastSeq === 5 * round && allStored());
      socket?.destroy();
      await until('the loss is noticed', () => waits.length >= round);
    }
    expect(waits).toEqual(Array(6).fill(RECONNECT_BASE_MS / 2));
  });

  it('stores while the host is offline and ignores an older state (F22)', async () => {
    hostIs(true, 1_000);
    startUplink();
    produce(5);
    await until('all stored', allStored);
    hostIs(false, 900);
    produce(5);
    await until('still sending', () => site.outbox.lastSeq === 10 && allStored());
    hostIs(false, 1_000);
    await until('said goodbye', () => kinds().at(-1) === 'NDEATH');
    produce(5);
    await until('waiting', () => site.uplink?.stats().state === 'waiting-for-host' && site.outbox.lastSeq === 15);
    expect(site.stored.size).toBe(10);
    hostIs(true, 2_000);
    await until('all stored', allStored);
    expect(site.stored.size).toBe(15);
  });

  it('begins a new epoch when the server knows more than the outbox', async () => {
    const known = site.outbox.epoch + 50;
    site.watermark = { epoch: known, seq: 900 };
    publish(watermarkTopic('louwei', 'gw-1'), JSON.stringify(site.watermark), true);
    publish(watermarkTopic('louwei', 'gw-1'), JSON.stringify(site.watermark), true);
    hostIs(true);
    startUplink();
    produce(20);
    await until('all stored', allStored);
    expect(site.outbox.epoch).toBe(known + 1);
    expect([...site.stored.keys()].every((key) => key.startsWith(`${known + 1}/`))).toBe(true);
    expect(site.stored.size).toBe(20);
  });

  it('counts malformed watermarks, states and commands and goes on', async () => {
    hostIs(true);
    const running = startUplink();
    await until('born', () => running.stats().state === 'online');
    publish(watermarkTopic('louwei', 'gw-1'), '{"epoch":1');
    publish(watermarkTopic('louwei', 'gw-1'), '{"epoch":1.5,"seq":3}');
    publish(stateTopic('louwei'), 'OFFLINE');
    publish('spBv1.0/louwei/NCMD/gw-1', 'no protobuf');
    await until('counted', () => running.stats().malformed === 4);
    produce(5);
    await until('all stored', allStored);
  });

  it('replaces a connection on which nothing is ever committed', async () => {
    site.acknowledging = false;
    hostIs(true);
    publish(watermarkTopic('louwei', 'gw-1'), '{"epoch":0,"seq":0}', true);
    const running = startUplink({ replaceAfterMs: 400 });
    produce(5);
    await until('replaced', () => running.stats().connects >= 2);
    site.acknowledging = true;
    await until('all stored', allStored);
  });
});
