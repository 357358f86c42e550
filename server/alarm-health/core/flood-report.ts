// What is said about a flood while it lasts and after it: how many, how many groups, which came first, which came most,
// how long until somebody acknowledged.
import { type Activation, alarmKey } from './announcement.ts';
import type { Flood } from './flood.ts';

export interface FloodSummary {
  readonly startMs: number;
  readonly endMs: number | null;
  readonly alarms: number;
  readonly groups: number;
  readonly peakPer10Min: number;
  /** Earliest at its source; in the order of the journal within one millisecond. */
  readonly firstOut: Activation;
  readonly top10: readonly { readonly equipmentId: string; readonly alarm: string; readonly count: number }[];
  readonly firstAckMs: number | null;
}

/** @param groupOf what stands together on the list, e.g. the building of the equipment. */
export function summarise(flood: Flood, groupOf: (activation: Activation) => string): FloodSummary {
  const { startMs, endMs, peak, activations } = flood;
  const counts = new Map<string, { equipmentId: string; alarm: string; count: number }>();
  let firstOut = activations[0];
  if (firstOut === undefined) throw new Error(`the flood of ${startMs} has no activation`);
  for (const activation of activations) {
    const { equipmentId, alarm } = activation;
    const key = alarmKey(activation);
    const known = counts.get(key) ?? { equipmentId, alarm, count: 0 };
    counts.set(key, { ...known, count: known.count + 1 });
    if (activation.sourceMs < firstOut.sourceMs) firstOut = activation;
  }
  const alarmIds = new Set(activations.map(({ alarmId }) => alarmId));
  const ack = flood.acks.find(({ alarmId, atMs }) => atMs >= startMs && alarmIds.has(alarmId));
  return {
    startMs,
    endMs,
    alarms: activations.length,
    groups: new Set(activations.map(groupOf)).size,
    peakPer10Min: peak,
    firstOut,
    top10: [...counts.values()].sort((a, b) => b.count - a.count || (alarmKey(a) < alarmKey(b) ? -1 : 1)).slice(0, 10),
    firstAckMs: ack === undefined ? null : ack.atMs - startMs,
  };
}
