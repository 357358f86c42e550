// All items of the devices with one publishing interval: subscriptions as large as the server allows, cyclic reads for
// the rest. What a lane confirms is never newer than the oldest of them.
import type { ClientSession } from 'node-opcua';
import type { DriverHost } from '../port.ts';
import type { ServerLimits } from './core/limits.ts';
import { readCyclically } from './cyclic-read.ts';
import { checkDeadbands } from './deadband-check.ts';
import type { OpcuaDevice } from './device.ts';
import { groupsOf, type Item, itemsOf, type Lane } from './item.ts';
import { subscribe } from './subscription.ts';

export interface Watched {
  readonly devices: readonly OpcuaDevice[];
  /** Why the lanes no longer count as alive, or null. */
  silence(monotonicMs: number): string | null;
  /** What is otherwise than asked, in words for the engineer. */
  readonly notes: readonly string[];
  /** The last answer of the lane that is silent for longest, Unix ms. */
  aliveAtMs(): number;
}

const NO_SUBSCRIPTIONS = /BadServiceUnsupported|BadTooManySubscriptions|BadNotImplemented|BadUserAccessDenied/;

/** What it takes to set up the lanes of one session. */
export interface SessionWork {
  readonly session: ClientSession;
  readonly limits: ServerLimits;
  readonly host: DriverHost;
  /** The session is over. */
  readonly closed: AbortSignal;
  /** Ends the session. */
  readonly end: (reason: string) => void;
  /** Whether the server may be asked for deadbands. */
  readonly deadbands: boolean;
  /** Ends the session, and the next ones ask for none. */
  readonly distrust: (reason: string) => void;
  /** The server has answered: it gets its time anew for the next step. */
  readonly progress: () => void;
}

export async function watchDevices(
  work: SessionWork,
  publishingIntervalMs: number,
  devices: readonly OpcuaDevice[],
): Promise<Watched> {
  const { limits } = work;
  const lanes: Lane[] = [];
  const toRead: Item[] = [];
  for (const share of groupsOf(itemsOf(devices), limits.itemsPerSubscription)) {
    try {
      const { lane, left, filtered } = await subscribe(work, publishingIntervalMs, share);
      lanes.push(lane);
      checkDeadbands(work, filtered);
      toRead.push(...left);
    } catch (error) {
      if (!(error instanceof Error && NO_SUBSCRIPTIONS.test(error.message))) throw error;
      toRead.push(...share);
    }
  }
  if (toRead.length > 0) {
    lanes.push(await readCyclically(work, toRead, publishingIntervalMs));
  }
  for (const device of devices) {
    device.tellGranted();
    device.flush();
  }
  return {
    devices,
    notes: lanes.flatMap((lane) => lane.notes),
    silence(monotonicMs) {
      for (const lane of lanes) {
        const silentMs = monotonicMs - lane.aliveAtMonotonicMs();
        if (silentMs > lane.silenceLimitMs) return `no word from the subscription for ${Math.round(silentMs / 1000)} s`;
      }
      return null;
    },
    aliveAtMs: () => Math.min(...lanes.map((lane) => lane.aliveAtMs())),
  };
}
