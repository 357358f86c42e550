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

export interface BusNews {
  readonly id: string;
  readonly where: string;
  readonly online: boolean;
}

interface BusWatch {
  /** @returns the bus when it came or went with this device, else null. */
  state(deviceId: string, online: boolean): BusNews | null;
  /**
   * These buses from now on; nothing is known of the devices in `fresh`. @returns what thereby is known of a bus and was
   * not before.
   */
  update(buses: readonly WatchedBus[], fresh: ReadonlySet<string>): BusNews[];
  /** Repeats what is known; call about once a second. */
  tick(nowMs: number): void;
}

interface Watched {
  readonly bus: WatchedBus;
  readonly answering: Map<string, boolean>;
  online: boolean | null;
  saidMs: number;
}

export function createBusWatch({ buses, sink, now }: BusWatchOptions): BusWatch {
  let watched = buses.map(watch);
  let byDevice = membersOf(watched);

  function say(one: Watched, nowMs: number): void {
    one.saidMs = nowMs;
    const answering = [...one.answering.values()].filter(Boolean).length;
    const base = { device: one.bus.id, quality: 'good', gatewayTimeMs: nowMs } as const;
    sink([
      { ...base, point: COMM_POINT, value: one.online === true },
      { ...base, point: 'answeringCount', value: answering },
    ]);
  }

  /** After something became known of a member. */
  function judge(one: Watched): BusNews | null {
    const any = [...one.answering.values()].some(Boolean);
    // Lost only when every device was tried: at a start the first one that is dead must not speak for all.
    if (!any && one.answering.size < one.bus.members.length) return null;
    const news = one.online !== any;
    one.online = any;
    say(one, now());
    return news ? { id: one.bus.id, where: one.bus.where, online: any } : null;
  }

  return {
    state(deviceId, online) {
      const one = byDevice.get(deviceId);
      if (one === undefined || one.answering.get(deviceId) === online) return null;
      one.answering.set(deviceId, online);
      return judge(one);
    },
    update(next, fresh) {
      const before = new Map(watched.map((one) => [one.bus.id, one]));
      const changed: Watched[] = [];
      watched = next.map((bus) => {
        const known = before.get(bus.id);
        const same = known?.bus.where === bus.where && known.bus.members.join('\n') === bus.members.join('\n');
        if (known !== undefined && same && !bus.members.some((id) => fresh.has(id))) return known;
        const made = watch(bus);
        for (const id of bus.members) {
          const answers = fresh.has(id) ? undefined : byDevice.get(id)?.answering.get(id);
          if (answers !== undefined) made.answering.set(id, answers);
        }
        if (known?.bus.where === bus.where) made.online = known.online;
        changed.push(made);
        return made;
      });
      byDevice = membersOf(watched);
      return changed.flatMap((one) => (one.answering.size === 0 ? [] : (judge(one) ?? [])));
    },
    tick(nowMs) {
      for (const one of watched) if (one.online !== null && Math.abs(nowMs - one.saidMs) >= REPEAT_MS) say(one, nowMs);
    },
  };
}

const watch = (bus: WatchedBus): Watched => ({ bus, answering: new Map(), online: null, saidMs: 0 });

const membersOf = (watched: readonly Watched[]): Map<string, Watched> =>
  new Map(watched.flatMap((one) => one.bus.members.map((member) => [member, one] as const)));
