// The open lines of one driver. A new list of devices closes and opens those on which something changed; the others
// keep their connection, their schedule and what they know.
import { createHash } from 'node:crypto';
import { type LineMember, planLines } from './core/line-plan.ts';
import type { DriverDevice, DriverHost } from './port.ts';

export interface OpenLine {
  start(): void;
  /** Settles within 2 s. */
  stop(): Promise<void>;
}

export interface Lines<Device, Line> {
  /** Settles when the lines that are no longer wanted are closed and the new ones have been started. */
  update(devices: readonly Device[]): Promise<void>;
  close(): Promise<void>;
  all(): Line[];
  byKey(key: string): Line | undefined;
  /** The line of a device. */
  of(deviceId: string): Line | undefined;
}

/**
 * A device as the line plan sees it. A digest is kept, not the text: a model is 10 kB, and there are hundreds of devices.
 * @param asks what else its driver asks of it, see `DriverDefinition.asks`.
 */
export const memberOf = (device: DriverDevice, line: string, asks: unknown = null): LineMember => ({
  id: device.id,
  line,
  reading: createHash('sha256')
    .update(JSON.stringify([device.connection, device.pollMs, device.model, device.class, asks]))
    .digest('base64'),
});

interface LinesOptions<Device, Line> {
  readonly keyOf: (device: Device) => string;
  readonly asksOf?: (device: Device) => unknown;
  /** All devices of one key; the host falls silent when the line is closed. */
  readonly open: (devices: readonly Device[], host: DriverHost) => Line;
  readonly host: DriverHost;
}

export function createLines<Device extends DriverDevice, Line extends OpenLine>({
  keyOf,
  asksOf,
  open,
  host,
}: LinesOptions<Device, Line>): Lines<Device, Line> {
  let members: readonly LineMember[] = [];
  let closed = false;
  const lines = new Map<string, { readonly line: Line; readonly mute: () => void }>();

  function closeLine(key: string): Promise<void> | undefined {
    const entry = lines.get(key);
    lines.delete(key);
    entry?.mute();
    return entry?.line.stop();
  }

  function openLine(key: string, devices: readonly Device[]): void {
    let muted = false;
    const line = open(devices, {
      ...host,
      readings(device, readings) {
        if (!muted) host.readings(device, readings);
      },
      state(device, state) {
        if (!muted) host.state(device, state);
      },
      expects(device, everyMs) {
        if (!muted) host.expects?.(device, everyMs);
      },
    });
    lines.set(key, {
      line,
      mute() {
        muted = true;
      },
    });
    line.start();
  }

  return {
    async update(devices) {
      const next = devices.map((device) => memberOf(device, keyOf(device), asksOf?.(device)));
      const plan = planLines(members, next);
      members = next;
      await Promise.allSettled(plan.closed.map(closeLine));
      if (closed) return;
      const byLine = Map.groupBy(devices, keyOf);
      for (const key of plan.opened) openLine(key, byLine.get(key) ?? []);
    },
    async close() {
      closed = true;
      await Promise.allSettled([...lines.values()].map(({ line }) => line.stop()));
    },
    all: () => [...lines.values()].map(({ line }) => line),
    byKey: (key) => lines.get(key)?.line,
    of(deviceId) {
      const key = members.find(({ id }) => id === deviceId)?.line;
      return key === undefined ? undefined : lines.get(key)?.line;
    },
  };
}
