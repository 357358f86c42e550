// How late values are at a browser's socket: each live value carries its own time as ms after a common start; what is
// below zero is history and not counted.
import WebSocket from 'ws';
import { percentile } from './report.ts';

export interface Lateness {
  readonly values: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly mostMs: number;
}

type LiveValue = readonly [equipment: string, point: string, value: number | null];

/** Counting begins with the first value of each piece of equipment: the newcomer's present values may be old. */
export async function watchLateness(url: string, cookie: string, equipment: readonly string[], liveFromMs: number) {
  const ages: number[] = [];
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/live`, { headers: { cookie, origin: url } });
  await new Promise<void>((done, fail) => {
    socket.once('open', done);
    socket.once('error', fail);
  });
  const beganMs = Date.now() - liveFromMs;
  socket.on('message', (data) => {
    const nowMs = Date.now() - liveFromMs;
    const message = JSON.parse(String(data)) as { type: string; values?: readonly LiveValue[] };
    if (message.type !== 'values') return;
    // All points of a device are read together: one age for each reading.
    const newest = new Map<string, number>();
    for (const [id, , value] of message.values ?? [])
      if (value !== null && value > beganMs && value > (newest.get(id) ?? 0)) newest.set(id, value);
    for (const value of newest.values()) ages.push(nowMs - value);
  });
  socket.send(JSON.stringify({ type: 'watch', equipment, points: 'all' }));
  return {
    stop(): Lateness {
      socket.terminate();
      return {
        values: ages.length,
        p50Ms: percentile(ages, 0.5),
        p99Ms: percentile(ages, 0.99),
        mostMs: ages.reduce((most, age) => Math.max(most, age), 0),
      };
    },
  };
}
