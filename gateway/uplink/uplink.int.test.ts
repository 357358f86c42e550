// The uplink against a real broker and a small server that acknowledges by watermark: birth, delivery, what was given up.
import { describe, expect, it } from 'vitest';
import { BDSEQ, DROPPED_RECORDS, DROPPED_THROUGH, REBIRTH } from './sparkplug/names.ts';
import { ANSWER, CONFIGURATION } from './sparkplug/request.ts';
import {
  allStored,
  askRebirth,
  hostIs,
  kinds,
  produce,
  site,
  startUplink,
  until,
  useSite,
} from './uplink-site.fixture.ts';

useSite();

describe('uplink', () => {
  it('waits for the primary host, gives birth, delivers and trims', async () => {
    const running = startUplink();
    produce(3);
    await until('connected', () => running.stats().state === 'waiting-for-host');
    await until('committed', () => site.outbox.lastSeq === 3);
    expect(site.heard).toEqual([]);
    hostIs(true);
    await until('all stored', allStored);
    produce(2, 'P-1', 'pressure');
    await until('all stored', () => site.outbox.lastSeq === 5 && allStored());
    expect(kinds().slice(0, 3)).toEqual(['NBIRTH', 'DBIRTH TR-1', 'DBIRTH P-1']);
    expect([...site.stored.keys()]).toHaveLength(5);
    const [node, device] = site.heard;
    expect(node?.payload.seq).toBe(0);
    expect(node?.payload.metrics.map(({ name }) => name)).toEqual([
      BDSEQ,
      REBIRTH,
      DROPPED_THROUGH,
      DROPPED_RECORDS,
      CONFIGURATION,
      ANSWER,
    ]);
    expect(device?.payload.metrics.map(({ name, type }) => [name, type])).toEqual([
      ['Properties/Class', 'String'],
      ['Properties/Name zh', 'String'],
      ['comm', 'Boolean'],
      ['load', 'Double'],
    ]);
    expect(device?.payload.delivery?.seqs).toEqual([0, 0, 0, 3]);
    const sequence = site.heard.map(({ payload }) => payload.seq);
    expect(sequence).toEqual(sequence.map((_, index) => index % 256));
    const live = site.heard.findLast(({ topic }) => topic.device === 'P-1');
    expect(
      live?.payload.metrics.every(({ historical, alias }) => historical === undefined && alias !== undefined),
    ).toBe(true);
  });

  it('brings everything over a link that loses a third of the messages and a server that forgets', async () => {
    hostIs(true);
    startUplink();
    await until('born', () => kinds().includes('DBIRTH P-1'));
    let count = 0;
    site.drop = ({ topic }) => topic.type === 'DDATA' && ++count % 3 === 0;
    for (let round = 0; round < 40; round++) {
      produce(50, round % 2 === 0 ? 'TR-1' : 'P-1', round % 2 === 0 ? 'load' : 'pressure');
      if (round % 10 === 5) site.early.clear();
      if (round === 25) askRebirth();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await until('all stored', () => site.outbox.lastSeq === 2_000 && allStored(), 30_000);
    expect(site.stored.size).toBe(2_000);
    expect(site.uplink?.stats().resends).toBeGreaterThan(0);
    expect(kinds().filter((kind) => kind === 'NBIRTH')).toHaveLength(2);
  });

  it('tells a device that went and came back, after the samples that say so', async () => {
    hostIs(true);
    const running = startUplink();
    await until('born', () => kinds().includes('DBIRTH P-1'));
    site.heard.length = 0;
    site.outbox.append([{ device: 'P-1', point: 'comm', value: false, quality: 'good', gatewayTimeMs: 1 }]);
    running.deviceState('P-1', false);
    await until('dead', () => kinds().includes('DDEATH P-1'));
    expect(kinds()).toEqual(['DDATA P-1', 'DDEATH P-1']);
    site.outbox.append([{ device: 'P-1', point: 'comm', value: true, quality: 'good', gatewayTimeMs: 2 }]);
    running.deviceState('P-1', true);
    await until('back', () => kinds().length >= 4);
    expect(kinds().slice(2)).toEqual(['DBIRTH P-1', 'DDATA P-1']);
    expect(site.heard[2]?.payload.metrics.find(({ name }) => name === 'comm')?.value).toBe(true);
  });

  it('tells the server what had to be given up', async () => {
    site.acknowledging = false;
    hostIs(true);
    const running = startUplink({ windowRecords: 100 });
    await until('born', () => running.stats().state === 'online');
    for (let group = 0; group < 25; group++) {
      produce(5_000);
      site.outbox.flush();
    }
    expect(site.outbox.dropped).toBe(25_000);
    await until('told', () => site.heard.some(({ topic }) => topic.type === 'NDATA'));
    site.acknowledging = true;
    await site.uplink?.stop();
    startUplink();
    await until('all stored', allStored, 30_000);
    expect(site.watermark.seq).toBe(125_000);
  });

  it('takes a host that never sends a watermark for a foreign one and trims what it published', async () => {
    site.acknowledging = false;
    hostIs(true);
    startUplink({ foreignAfterMs: 200 });
    produce(50);
    await until('trimmed', allStored);
    expect(site.stored.size).toBe(50);
    expect(site.uplink?.stats().deliveryProven).toBe(false);
  });

  it('says its death when it stops', async () => {
    hostIs(true);
    const running = startUplink();
    await until('born', () => running.stats().state === 'online');
    await running.stop();
    await until('death', () => kinds().at(-1) === 'NDEATH');
    expect(site.heard.at(-1)?.payload.seq).toBeUndefined();
    const bdSeqs = [site.heard[0], site.heard.at(-1)].map((message) => message?.payload.metrics[0]?.value);
    expect(bdSeqs[0]).toBe(bdSeqs[1]);
  });
});
