// What the metrics of one message say about the points of a device. Pure.
import { convertRaw, type Point, type SparkplugModel, type SparkplugPoint } from '@louwei/device-profiles';
import type { Reading } from '../../../points/reading.ts';
import type { Metric } from '../../../uplink/sparkplug/payload.ts';
import type { NamedMetric } from './declared.ts';
import { rawOfMetric } from './metric-value.ts';

const CLOCKS_SET_SINCE_MS = Date.UTC(2000, 0, 1);

export interface MetricPoint {
  readonly name: string;
  readonly point: SparkplugPoint;
  readonly kind: Point['kind'] | undefined;
}

/** Points by the metric they are read from; a metric may mean several, each by its own map. */
export type PointsByMetric = ReadonlyMap<string, readonly MetricPoint[]>;

export interface MetricReadings {
  readonly readings: readonly Reading[];
  /** How things were once: not what the device shows now. */
  readonly historical: readonly Reading[];
  /** The first point that could not be read and why, or null. */
  readonly fault: { readonly point: string; readonly words: string } | null;
}

export function pointsByMetric(
  model: SparkplugModel,
  kindOf: (point: string) => Point['kind'] | undefined,
): PointsByMetric {
  const points = Object.entries(model.points).map(
    ([name, point]): MetricPoint => ({ name, point, kind: kindOf(name) }),
  );
  return Map.groupBy(points, ({ point }) => point.metric);
}

/** @param arrivedAtMs Unix ms. */
export function readingsOf(
  points: PointsByMetric,
  metrics: readonly NamedMetric[],
  arrivedAtMs: number,
): MetricReadings {
  const readings: Reading[] = [];
  const historical: Reading[] = [];
  let fault: MetricReadings['fault'] = null;
  for (const named of metrics) {
    for (const { name, point, kind } of points.get(named.name) ?? []) {
      const { metric } = named;
      const raw = rawOfMetric(metric, named.datatype);
      const { value, quality } =
        raw.fault === undefined
          ? convertRaw(point, raw.raw, kind)
          : ({ value: null, quality: 'decode-error' } as const);
      if (quality === 'decode-error')
        fault ??= { point: name, words: raw.fault ?? `${brief(raw.raw)} is no value of this point` };
      const told = metric.quality !== 'good' && (quality === 'good' || quality === 'not-present');
      const deviceTimeMs = deviceTimeOf(metric);
      const reading: Reading = {
        point: name,
        value,
        quality: told ? metric.quality : quality,
        gatewayTimeMs: arrivedAtMs,
        ...(deviceTimeMs === undefined ? {} : { deviceTimeMs }),
      };
      if (metric.historical === true) historical.push(asHistory(reading));
      else readings.push(reading);
    }
  }
  return { readings, historical, fault };
}

/** Points whose metric the birth certificate does not declare: the device does not have them. */
export function absentIn(points: PointsByMetric, birth: readonly NamedMetric[], arrivedAtMs: number): Reading[] {
  const declared = new Set(birth.map(({ name }) => name));
  return [...points].flatMap(([metric, mapped]) =>
    declared.has(metric)
      ? []
      : mapped.map(
          ({ name }): Reading => ({
            point: name,
            value: null,
            quality: 'not-present',
            gatewayTimeMs: arrivedAtMs,
          }),
        ),
  );
}

/** What a node kept while it was away never gets a fresher time than its own, and never counts as the present value. */
function asHistory(reading: Reading): Reading {
  const { deviceTimeMs, gatewayTimeMs, quality } = reading;
  const isKnown = deviceTimeMs !== undefined && deviceTimeMs >= CLOCKS_SET_SINCE_MS;
  return {
    ...reading,
    quality: quality === 'good' ? 'stale' : quality,
    gatewayTimeMs: isKnown ? Math.min(gatewayTimeMs, deviceTimeMs) : gatewayTimeMs,
  };
}

/** 0: neither metric nor payload has a time. */
const deviceTimeOf = ({ deviceTimeMs, timestampMs }: Metric): number | undefined =>
  deviceTimeMs ?? (timestampMs === 0 ? undefined : timestampMs);

function brief(raw: unknown): string {
  const text = JSON.stringify(raw);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
