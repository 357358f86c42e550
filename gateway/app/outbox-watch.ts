// How full the outbox is, as readings of the gateway's own equipment: its class raises the alarm before anything is given up.
import type { OutboxStats } from '../outbox/port.ts';
import type { OutboxPoint } from '../outbox/record.ts';
import type { Sample } from '../points/reading.ts';
import { NODE_DEVICE } from '../uplink/session.ts';

/** Said again so often, ms, although nothing changed. */
const REPEAT_MS = 60_000;
/** Least time between two looks, ms: each asks the file system. */
const LOOK_MS = 5_000;
const WARN_PERCENT = 80;
const CALM_PERCENT = 70;

export const OUTBOX_POINTS: readonly Omit<OutboxPoint, 'alias'>[] = [
  { device: NODE_DEVICE, point: 'queueFill', type: 'Double' },
  { device: NODE_DEVICE, point: 'droppedCount', type: 'Double' },
];

export interface OutboxWatch {
  /** Call about once a second. */
  tick(nowMs: number): void;
}

export interface OutboxWatchOptions {
  readonly stats: () => Pick<OutboxStats, 'fill' | 'dropped'>;
  readonly sink: (samples: Sample[]) => void;
  /** Once when it passes the warning limit, for who reads only the gateway's log. */
  readonly onFilling: (fillPercent: number) => void;
}

export function createOutboxWatch({ stats, sink, onFilling }: OutboxWatchOptions): OutboxWatch {
  let said = '';
  let saidMs = Number.NEGATIVE_INFINITY;
  let lookedMs = Number.NEGATIVE_INFINITY;
  let warned = false;
  return {
    tick(nowMs) {
      // A clock that was set back must not silence it.
      if (Math.abs(nowMs - lookedMs) < LOOK_MS) return;
      lookedMs = nowMs;
      const { fill, dropped } = stats();
      const queueFill = Math.floor(fill * 100);
      if (queueFill >= WARN_PERCENT && !warned) onFilling(queueFill);
      warned = queueFill >= (warned ? CALM_PERCENT : WARN_PERCENT);
      const news = `${queueFill} ${dropped}`;
      if (news === said && Math.abs(nowMs - saidMs) < REPEAT_MS) return;
      said = news;
      saidMs = nowMs;
      const base = { device: NODE_DEVICE, quality: 'good', gatewayTimeMs: nowMs } as const;
      sink([
        { ...base, point: 'queueFill', value: queueFill },
        { ...base, point: 'droppedCount', value: dropped },
      ]);
    },
  };
}
