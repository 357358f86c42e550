// What the alarm engine needs of logging, and what it counts.
import { Counter, Gauge, type Registry } from 'prom-client';

export interface AlarmLog {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface AlarmMetrics {
  readonly transitions: Counter<'event'>;
  readonly open: Gauge;
}

export function createAlarmMetrics(registry: Registry): AlarmMetrics {
  const registers = [registry];
  return {
    transitions: new Counter({
      name: 'louwei_alarm_transitions_total',
      help: 'Journalled transitions of alarms',
      labelNames: ['event'],
      registers,
    }),
    open: new Gauge({ name: 'louwei_alarms_open', help: 'Alarm occurrences that are not closed', registers }),
  };
}
