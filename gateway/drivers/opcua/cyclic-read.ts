// Cyclic reads for what a server will not watch: it has no subscriptions, or no room for more of them.
import { AttributeIds } from 'node-opcua';
import { pause } from '../../polling/pause.ts';
import { groupsOf, type Item, itemValue, type Lane } from './item.ts';
import type { SessionWork } from './watch.ts';

/** Reading costs the server more than telling it what to watch, so it is never done oftener, ms. */
const LEAST_INTERVAL_MS = 1000;
const LEAST_SILENCE_LIMIT_MS = 10_000;
/** BadNodeIdInvalid, BadNodeIdUnknown: no such node, and nothing to convert (OPC 10000-6, annex A.2). */
const NO_NODE = new Set([0x8033, 0x8034]);

/** Settles after the first cycle. Reads until `closed`; a failed read ends the session. */
export async function readCyclically(
  { session, limits, host, closed, end, progress }: SessionWork,
  items: readonly Item[],
  wantedMs: number,
): Promise<Lane> {
  const intervalMs = Math.max(LEAST_INTERVAL_MS, wantedMs);
  const groups = groupsOf(items, limits.nodesPerRead);
  const devices = new Set(items.map(({ device }) => device));
  let aliveAtMs = host.now();
  let aliveAtMonotonicMs = performance.now();

  async function cycle(): Promise<void> {
    const startedAtMs = host.now();
    for (const group of groups) {
      const values = await session.read(
        group.map(({ node }) => ({ nodeId: node, attributeId: AttributeIds.Value })),
        0,
      );
      if (closed.aborted) return;
      progress();
      group.forEach((item, index) => {
        const value = values[index];
        if (value === undefined) return;
        if (NO_NODE.has(value.statusCode.value >>> 16))
          item.device.refused(item.point, `${value.statusCode.name} for ${item.node}`);
        else item.device.changed(item.point, itemValue(value));
      });
    }
    // What was read first is as old as the beginning of the cycle.
    aliveAtMs = startedAtMs;
    aliveAtMonotonicMs = performance.now();
    for (const device of devices) device.flush();
  }

  async function repeat(): Promise<void> {
    while (!closed.aborted) {
      await pause(intervalMs, closed);
      if (!closed.aborted) await cycle();
    }
  }

  for (const { device, point } of items) device.granted(point, intervalMs);
  await cycle();
  repeat().catch((error: unknown) => end(`read failed: ${error instanceof Error ? error.message : String(error)}`));
  return {
    notes: [`the server refuses to watch ${items.length} items; they are read in turn every ${intervalMs / 1000} s`],
    silenceLimitMs: Math.max(LEAST_SILENCE_LIMIT_MS, 3 * intervalMs),
    aliveAtMs: () => aliveAtMs,
    aliveAtMonotonicMs: () => aliveAtMonotonicMs,
  };
}
