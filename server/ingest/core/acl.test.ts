import { describe, expect, it } from 'vitest';
import { type MqttPrincipal, mayPublish, maySubscribe } from './acl.ts';

const gateway: MqttPrincipal = { role: 'gateway', username: 'gw1', group: 'louwei', node: 'gw1' };
const server: MqttPrincipal = { role: 'server', username: 'server' };

describe('what may be published', () => {
  it.each<[string, boolean, boolean]>([
    // topic, gateway gw1, server
    ['spBv1.0/louwei/NBIRTH/gw1', true, false],
    ['spBv1.0/louwei/NDATA/gw1', true, false],
    ['spBv1.0/louwei/NDEATH/gw1', true, false],
    ['spBv1.0/louwei/DBIRTH/gw1/P-1', true, false],
    ['spBv1.0/louwei/DDATA/gw1/P-1', true, false],
    ['spBv1.0/louwei/DDEATH/gw1/P-1', true, false],
    ['spBv1.0/louwei/DDATA/gw1/P-1/deeper', false, false],
    ['spBv1.0/louwei/DDATA/gw1', false, false],
    ['spBv1.0/louwei/NDATA/gw2', false, false],
    ['spBv1.0/other/NDATA/gw1', false, false],
    ['spBv1.0/louwei/DDATA/gw2/P-1', false, false],
    ['spBv1.0/louwei/NCMD/gw1', false, true],
    ['spBv1.0/louwei/NCMD/gw2', false, true],
    ['spBv1.0/louwei/DCMD/gw1/P-1', false, true],
    ['spBv1.0/STATE/louwei', false, true],
    ['spBv1.0/STATE/', false, false],
    ['louwei/watermark/louwei/gw1', false, true],
    ['louwei/watermark/', false, false],
    ['$SYS/x/heartbeat', false, false],
    ['spBv1.0/louwei/NDATA/+', false, false],
    ['#', false, false],
    ['anything', false, false],
  ])('%s: gateway %s, server %s', (topic, byGateway, byServer) => {
    expect(mayPublish(gateway, topic)).toBe(byGateway);
    expect(mayPublish(server, topic)).toBe(byServer);
  });
});

describe('what may be subscribed to', () => {
  it.each<[string, boolean, boolean]>([
    ['spBv1.0/louwei/NCMD/gw1', true, true],
    ['spBv1.0/louwei/NCMD/gw1/#', true, true],
    ['spBv1.0/louwei/DCMD/gw1/#', true, true],
    ['spBv1.0/louwei/DCMD/gw1/+', true, true],
    ['spBv1.0/louwei/DCMD/gw1/P-1', true, true],
    ['spBv1.0/louwei/DCMD/gw1/', false, true],
    ['spBv1.0/louwei/DCMD/gw2/#', false, true],
    ['spBv1.0/louwei/NCMD/gw2', false, true],
    ['spBv1.0/louwei/NCMD/+', false, true],
    ['spBv1.0/louwei/NCMD/#', false, true],
    ['spBv1.0/louwei/DDATA/gw1/P-1', false, true],
    ['spBv1.0/STATE/#', true, true],
    ['spBv1.0/STATE/+', true, true],
    ['spBv1.0/STATE/louwei', true, true],
    ['louwei/watermark/louwei/gw1', true, true],
    ['louwei/watermark/louwei/gw2', false, true],
    ['louwei/watermark/#', false, true],
    ['spBv1.0/#', false, true],
    ['#', false, false],
    ['+/#', false, false],
    ['$SYS/#', false, false],
    ['$SYS/+/heartbeat', false, false],
    ['$share/group/spBv1.0/#', false, false],
  ])('%s: gateway %s, server %s', (filter, byGateway, byServer) => {
    expect(maySubscribe(gateway, filter)).toBe(byGateway);
    expect(maySubscribe(server, filter)).toBe(byServer);
  });
});
