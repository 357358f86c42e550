// What the alarm system counts about itself.
import { Counter, Gauge, type Registry } from 'prom-client';
import { isAnnounced, type JournalFact } from './core/announcement.ts';

export interface FloodMetrics {
  count(facts: readonly JournalFact[], positionOf: (equipmentId: string) => string): void;
  /** Positions in flood. */
  open(positions: readonly string[]): void;
}

export function createFloodMetrics(registry: Registry): FloodMetrics {
  const registers = [registry];
  const annunciated = new Counter({
    name: 'louwei_alarm_annunciated_total',
    help: 'Annunciated activations, re-alarms and escalations by operating position and priority',
    labelNames: ['position', 'priority'],
    registers,
  });
  const flood = new Gauge({
    name: 'louwei_alarm_flood',
    help: '1 while the operating position is in an alarm flood',
    labelNames: ['position'],
    registers,
  });
  return {
    count(facts, positionOf) {
      for (const fact of facts)
        if (isAnnounced(fact)) annunciated.inc({ position: positionOf(fact.equipmentId), priority: fact.priority });
    },
    open(positions) {
      flood.reset();
      for (const position of positions) flood.set({ position }, 1);
    },
  };
}
