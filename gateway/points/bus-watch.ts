// Whether a line with several devices answers: it does while any of its devices does.
import { COMM_POINT } from './pipeline.ts';
import type { Sample } from './reading.ts';

/** What is said of a bus is repeated so often, ms, like the `comm` of a device. */
const REPEAT_MS = 60_000;

export interface WatchedBus {
  readonly id: string;
  readonly where: string;
  /** Device ids. */
  readonly members: readonly string[];
}

interface BusWatchOptions {
  readonly buses: readonly WatchedBus[];
  readonly sink: (samples: Sample[]) => void;
  /** Unix ms. */
  readonly now: () => number;
}

interface BusWatch {
  /** @returns the bus when it came or went with this device, else null. */
  state(
    deviceId: string,
    online: boolean,
  ): { readonly id: string; readonly where: string; readonly online: boolean } | null;
  /** Repeats what is known; call about once a second. */
  tick(nowMs: number): void;
}

export function createBusWatch({ buses, sink, now }: BusWatchOptions): BusWatch {
  const watched = buses.map((bus) => ({
    bus,
    answering: new Map<string, boolean>(),
    online: null as boolean | null,
    saidMs: 0,
  }));
  const byDevice = new Map(watched.flatMap((one) => one.bus.members.map((member) => [member, one] as const)));

  function say(one: (typeof watched)[number], nowMs: number): void {
    one.saidMs = nowMs;
    const answering = [...one.answering.values()].filter(Boolean).length;
    const base = { device: one.bus.id, quality: 'good', gatewayTimeMs: nowMs } as const;
    sink([
      { ...base, point: COMM_POINT, value: one.online === true },
      { ...base, point: 'answeringCount', value: answering },
    ]);
  }

  return {
    state(deviceId, online) {
      const one = byDevice.get(deviceId);
      if (one === undefined || one.answering.get(deviceId) === online) return null;
      one.answering.set(deviceId, online);
      const any = [...one.answering.values()].some(Boolean);
      // Lost only when every device was tried: at a start the first one that is dead must not speak for all.
      if (!any && one.answering.size < one.bus.members.length) return null;
      const news = one.online !== any;
      one.online = any;
      say(one, now());
      return news ? { id: one.bus.id, where: one.bus.where, online: any } : null;
    },
    tick(nowMs) {
      for (const one of watched) if (one.online !== null && nowMs - one.saidMs >= REPEAT_MS) say(one, nowMs);
    },
  };
}
