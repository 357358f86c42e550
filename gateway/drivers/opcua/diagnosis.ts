// What an engineer asks about an OPC UA server: sessions, the last word of each device, the last error, and what the server
// grants otherwise than asked. A subscription has no requests and no round trips.
import { type BusDiagnosis, createUnitRecorder } from '../../polling/diagnosis.ts';
import { whereOf } from './connection.ts';
import type { OpcuaDevice } from './device.ts';

export interface SessionRecorder {
  opened(): void;
  /** A session ended, or none came up. */
  failed(reason: string, hadSession: boolean, nowMs: number): void;
  /** @param aliveAtMs by device: the server's last answer. */
  snapshot(notes: readonly string[], aliveAtMs: (device: OpcuaDevice) => number | null): BusDiagnosis;
}

export function createSessionRecorder(url: string, devices: readonly OpcuaDevice[]): SessionRecorder {
  let connects = 0;
  let connectErrors = 0;
  const units = devices.map((device) => ({ device, recorder: createUnitRecorder() }));
  const lastAnswers = new Map<OpcuaDevice, number>();
  return {
    opened() {
      connects++;
    },
    failed(reason, hadSession, nowMs) {
      if (!hadSession) connectErrors++;
      for (const { recorder } of units) recorder.failed(reason, nowMs);
    },
    snapshot(notes, aliveAtMs) {
      return {
        where: whereOf(url),
        requests: 0,
        connects,
        connectErrors,
        utilisation: 0,
        plannedUtilisation: 0,
        notes,
        units: units.map(({ device, recorder }) => {
          const lastAnswerMs = aliveAtMs(device) ?? lastAnswers.get(device) ?? null;
          if (lastAnswerMs !== null) lastAnswers.set(device, lastAnswerMs);
          const about = { id: device.config.id, unit: 0, online: device.online(), slotsSkipped: 0 };
          return { ...recorder.snapshot(about), lastAnswerMs };
        }),
      };
    },
  };
}
