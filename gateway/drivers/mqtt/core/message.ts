// What one MQTT message says about the points that live on its topic. Pure.
import { convertRaw, type MqttModel, type MqttPoint, type Point, pickPath } from '@louwei/device-profiles';
import { MISSED_UNTIL_STALE } from '../../../points/core/expectation.ts';
import type { Reading } from '../../../points/reading.ts';

const CLOCKS_SET_SINCE_MS = Date.UTC(2000, 0, 1);
/** Larger payloads are refused unread. */
const MAX_PAYLOAD_BYTES = 262_144;

export interface TopicPoint {
  readonly name: string;
  readonly point: MqttPoint;
  readonly kind: Point['kind'] | undefined;
}

export interface ArrivedMessage {
  readonly payload: Uint8Array;
  /** The broker kept it from before; it says how things were, not how they are. */
  readonly retained: boolean;
  /** Unix ms. */
  readonly arrivedAtMs: number;
  /** When the same payload was first received: what the broker kept is at least that old. Unix ms. */
  readonly firstSeenMs?: number | undefined;
}

export interface DecodedMessage {
  readonly readings: readonly Reading[];
  /** What was wrong with the payload, or null. */
  readonly fault: string | null;
  /** The message shows that the device lives now. */
  readonly alive: boolean;
}

export function decodeMessage(
  model: MqttModel['mqtt'],
  points: readonly TopicPoint[],
  message: ArrivedMessage,
): DecodedMessage {
  const content = parse(points, message.payload);
  const { arrivedAtMs } = message;
  const knownMs = message.retained ? Math.min(arrivedAtMs, message.firstSeenMs ?? arrivedAtMs) : arrivedAtMs;
  if (content.fault !== null) {
    const readings = points.map(({ name }): Reading => badReading(name, knownMs));
    return { readings, fault: content.fault, alive: !message.retained };
  }
  const deviceTimeMs = model.timePath === undefined ? undefined : timeOf(pickPath(content.json, model.timePath));
  const current = !message.retained || isRecent(deviceTimeMs, arrivedAtMs, model.expectEveryS);
  const gatewayTimeMs = message.retained ? oldestOf(knownMs, deviceTimeMs) : arrivedAtMs;
  let fault: string | null = null;
  const readings = points.map(({ name, point, kind }): Reading => {
    const raw = point.path === undefined ? content.text : pickPath(content.json, point.path);
    const { value, quality } = convertRaw(point, raw, kind);
    if (quality === 'decode-error') fault ??= `${name}: ${brief(raw)} is no value of this point`;
    return {
      point: name,
      value,
      quality: quality === 'good' && !current ? 'stale' : quality,
      gatewayTimeMs,
      ...(deviceTimeMs === undefined ? {} : { deviceTimeMs }),
    };
  });
  return { readings, fault, alive: current };
}

const badReading = (point: string, gatewayTimeMs: number): Reading => ({
  point,
  value: null,
  quality: 'decode-error',
  gatewayTimeMs,
});

type Content =
  | { readonly fault: null; readonly text: string; readonly json: unknown }
  | { readonly fault: string; readonly text: ''; readonly json: null };

function parse(points: readonly TopicPoint[], payload: Uint8Array): Content {
  const failed = (fault: string): Content => ({ fault, text: '', json: null });
  if (payload.length > MAX_PAYLOAD_BYTES) return failed(`payload of ${payload.length} bytes`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(payload);
  } catch {
    return failed('payload is not UTF-8');
  }
  const wantsJson = points.some(({ point }) => point.path !== undefined);
  try {
    return { fault: null, text, json: JSON.parse(text) };
  } catch {
    return wantsJson ? failed(`payload is not JSON: ${brief(text)}`) : { fault: null, text, json: undefined };
  }
}

/** @returns Unix ms of an ISO 8601 text or a number of ms, else undefined. */
function timeOf(raw: unknown): number | undefined {
  const timeMs = typeof raw === 'string' ? Date.parse(raw) : raw;
  return typeof timeMs === 'number' && Number.isFinite(timeMs) ? timeMs : undefined;
}

/** A retained value never has a fresher time than its own. A device time before 2000 was never set. */
const oldestOf = (knownMs: number, deviceTimeMs: number | undefined): number =>
  deviceTimeMs === undefined || deviceTimeMs < CLOCKS_SET_SINCE_MS ? knownMs : Math.min(knownMs, deviceTimeMs);

const isRecent = (deviceTimeMs: number | undefined, nowMs: number, expectEveryS: number): boolean =>
  deviceTimeMs !== undefined && Math.abs(nowMs - deviceTimeMs) < MISSED_UNTIL_STALE * expectEveryS * 1000;

function brief(raw: unknown): string {
  const text = typeof raw === 'string' ? raw : (JSON.stringify(raw) ?? 'nothing');
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
