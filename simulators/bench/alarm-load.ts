// Values of many devices of one class, one message of all points after the other: at a given rate, or as fast as the server
// commits.
import { setTimeout as delay } from 'node:timers/promises';
import { deviceValues, POINTS } from './alarm-class.ts';
import type { EdgeNode } from './edge-node.ts';

/** Devices of each of the two classes; the ones without rules come after the ones with rules. */
export const DEVICES = 200;

const WINDOW_VALUES = 32_000;
const COMMIT_DEADLINE_MS = 60_000;

export interface Stream {
  /** Slower than wished while the server does not keep up. @returns committed values, when everything is committed. */
  paced(seconds: number, valuesPerS: number): Promise<number>;
  /** @returns committed values per second. */
  unpaced(seconds: number): Promise<number>;
}

export function createStream(node: EdgeNode, firstDevice: number): Stream {
  let messages = 0;
  const hasRoom = (): boolean => node.sentSeq - node.committedSeq < WINDOW_VALUES;
  const send = (): void => {
    const device = firstDevice + (messages % DEVICES);
    node.publish(device, deviceValues(device, Math.floor(messages / DEVICES)), Date.now());
    messages++;
  };
  return {
    async paced(seconds, valuesPerS) {
      const beganSeq = node.sentSeq;
      const total = Math.round((seconds * valuesPerS) / POINTS.length);
      await onTime(total, (1000 * POINTS.length) / valuesPerS, async () => {
        // What a server in arrears cannot take is dropped, and this edge node has nothing to send it again from.
        while (!hasRoom()) await delay(5);
        send();
      });
      await node.committed(node.sentSeq, COMMIT_DEADLINE_MS);
      return node.sentSeq - beganSeq;
    },
    async unpaced(seconds) {
      const began = { seq: node.committedSeq, at: performance.now() };
      while (performance.now() - began.at < seconds * 1000) {
        let sent = 0;
        for (; hasRoom() && sent < 100; sent++) send();
        await delay(sent === 0 ? 2 : 0);
      }
      const rate = ((node.committedSeq - began.seq) * 1000) / (performance.now() - began.at);
      await node.committed(node.sentSeq, COMMIT_DEADLINE_MS);
      return rate;
    },
  };
}

/** Does it so many times, each at its own moment; what is late comes at once. */
export async function onTime(
  times: number,
  everyMs: number,
  act: (index: number) => void | Promise<void>,
): Promise<void> {
  const began = performance.now();
  for (let index = 0; index < times; index++) {
    const waitMs = began + index * everyMs - performance.now();
    if (waitMs > 1) await delay(waitMs);
    await act(index);
  }
}
