// Figures of the live socket.
import { Counter, Gauge, type Registry } from 'prom-client';

export interface LiveMetrics {
  sent(type: string, clients: number): void;
  dropped(reason: string): void;
}

export function createLiveMetrics(registry: Registry | undefined, clients: () => number): LiveMetrics {
  if (registry === undefined) return { sent: () => undefined, dropped: () => undefined };
  const registers = [registry];
  new Gauge({
    name: 'louwei_live_clients',
    help: 'Open live sockets',
    registers,
    collect() {
      this.set(clients());
    },
  });
  const messages = new Counter({
    name: 'louwei_live_messages_total',
    help: 'Messages sent to live sockets',
    labelNames: ['type'],
    registers,
  });
  const drops = new Counter({
    name: 'louwei_live_dropped_total',
    help: 'Live sockets closed by the server, by reason',
    labelNames: ['reason'],
    registers,
  });
  return {
    sent: (type, count) => messages.inc({ type }, count),
    dropped: (reason) => drops.inc({ reason }),
  };
}
