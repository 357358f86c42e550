// /healthz, /buses and /metrics on the loopback interface: the gateway listens nowhere else.
import { createServer, type Server } from 'node:http';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { ROUND_TRIP_MS } from '../polling/diagnosis.ts';
import { addBusMetrics } from './bus-metrics.ts';
import type { ConfigurationStats } from './configuration.ts';
import type { Gateway, GatewayStatus } from './gateway.ts';

type Status = GatewayStatus & { readonly configuration: ConfigurationStats };

/** @throws the system's error, EADDRINUSE when the port is taken. */
export async function startHealth(
  port: number,
  gateway: Pick<Gateway, 'buses'> & { status(): Status },
): Promise<Server> {
  const { status, buses } = gateway;
  const registry = metrics(status);
  addBusMetrics(registry, buses);
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    if (request.method !== 'GET') response.writeHead(405).end();
    else if (path === '/healthz') {
      const { uplink, outbox, devices, configuration } = status();
      const healthy = uplink.state === 'online' && outbox.dropped === 0 && outbox.damagedFiles === 0;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ status: healthy ? 'ok' : 'degraded', uplink, outbox, devices, configuration }));
    } else if (path === '/buses') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ roundTripBoundsMs: ROUND_TRIP_MS, buses: buses() }));
    } else if (path === '/metrics') {
      registry.metrics().then(
        (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
        () => response.writeHead(500).end(),
      );
    } else response.writeHead(404).end();
  });
  server.requestTimeout = 5_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}

/** Name, help, value; counters end in `_total`. */
const FIGURES: readonly [string, string, (status: Status) => number][] = [
  ['uplink_sent_records_total', 'records published, resent ones included', ({ uplink }) => uplink.sent],
  ['uplink_backlog_records_total', 'records published by the backlog lane', ({ uplink }) => uplink.backlogSent],
  ['uplink_resends_total', 'times everything in flight was sent again', ({ uplink }) => uplink.resends],
  ['uplink_messages_total', 'Sparkplug messages published', ({ uplink }) => uplink.messages],
  ['uplink_births_total', 'sets of births', ({ uplink }) => uplink.births],
  ['uplink_connects_total', 'connections to the broker', ({ uplink }) => uplink.connects],
  ['uplink_disconnects_total', 'connections lost', ({ uplink }) => uplink.disconnects],
  ['uplink_watermarks_total', 'commit watermarks received', ({ uplink }) => uplink.watermarks],
  ['uplink_malformed_total', 'messages that could not be read', ({ uplink }) => uplink.malformed],
  ['uplink_rebirth_requests_total', 'rebirths the host asked for', ({ uplink }) => uplink.rebirthRequests],
  ['uplink_online', '1 while births are out and data flows', ({ uplink }) => Number(uplink.state === 'online')],
  ['uplink_in_flight_records', 'records sent and not acknowledged', ({ uplink }) => uplink.inFlight],
  ['uplink_acknowledged_seq', 'last record known to be delivered', ({ uplink }) => uplink.acknowledgedSeq],
  ['outbox_records', 'records waiting for delivery', ({ outbox }) => outbox.records],
  ['outbox_buffered', 'samples not yet on disk', ({ outbox }) => outbox.buffered],
  ['outbox_bytes', 'bytes in use in the outbox file', ({ outbox }) => outbox.usedBytes],
  ['outbox_fill', 'share of the room for waiting records that is taken', ({ outbox }) => outbox.fill],
  ['outbox_dropped_total', 'records given up for want of room', ({ outbox }) => outbox.dropped],
  ['outbox_unknown_points_total', 'samples of points nobody registered', ({ outbox }) => outbox.unknownPoint],
  ['outbox_commits_total', 'groups committed', ({ outbox }) => outbox.commits],
  ['outbox_commit_errors_total', 'groups the disk refused', ({ outbox }) => outbox.commitErrors],
  ['outbox_last_seq', 'last sequence number given to a record on disk', ({ outbox }) => outbox.lastSeq],
  ['outbox_last_commit_ms', 'duration of the last commit', ({ outbox }) => outbox.lastCommitMs],
  ['outbox_damaged_files', 'damaged outbox files set aside', ({ outbox }) => outbox.damagedFiles],
  ['configuration_version', 'version the host gave; 0 for the file', ({ configuration }) => configuration.version],
  ['configuration_trial', '1 while a new one has to prove itself', ({ configuration }) => Number(configuration.trial)],
  ['configuration_applied_total', 'configurations taken over', ({ configuration }) => configuration.applied],
  ['configuration_refused_total', 'configurations refused', ({ configuration }) => configuration.refused],
  ['configuration_rolled_back_total', 'configurations taken back', ({ configuration }) => configuration.rolledBack],
  ['devices', 'configured devices', ({ devices }) => devices.total],
  ['devices_online', 'devices that answer', ({ devices }) => devices.online],
];

function metrics(status: () => Status): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const [figure, help, read] of FIGURES) {
    const name = `louwei_gateway_${figure}`;
    const registers = [registry];
    if (figure.endsWith('_total')) {
      new Counter({
        name,
        help,
        registers,
        collect() {
          this.reset();
          this.inc(read(status()));
        },
      });
    } else {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read(status()));
        },
      });
    }
  }
  return registry;
}
