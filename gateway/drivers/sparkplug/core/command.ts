// The metric that tells a device to take a value, in the data type its birth declared. Pure.
import { rawOf, type SparkplugModel } from '@louwei/device-profiles';
import type { Declared } from './declared.ts';
import { BOOLEAN, DOUBLE, FLOAT, rangeOf, WHOLE_TYPES } from './metric-value.ts';

export interface CommandMetric {
  /** As in the birth; a metric with an alias goes by its alias alone (tck-id-payloads-alias-data-cmd-requirement). */
  readonly name: string;
  readonly alias: number | undefined;
  readonly datatype: number;
  readonly value: number | boolean;
}

/** @returns why nothing can be sent, in words, when it cannot. */
export function commandMetric(
  model: SparkplugModel,
  declared: Declared | undefined,
  name: string,
  value: number,
): CommandMetric | string {
  const point = model.points[name];
  if (point?.write === undefined) return `${name} is read-only`;
  if (declared === undefined) return 'the device has not been born';
  const wanted = point.write.metric ?? point.metric;
  const metric = declared.byName.get(wanted);
  if (metric === undefined) return `the birth certificate has no metric ${wanted}`;
  const { alias, datatype = 0 } = metric;
  const raw = rawOf(point, value);
  if (datatype === BOOLEAN) return { name: wanted, alias, datatype, value: raw !== 0 };
  if (datatype === FLOAT || datatype === DOUBLE) return { name: wanted, alias, datatype, value: raw };
  const whole = WHOLE_TYPES[datatype];
  if (whole === undefined) return `metric ${wanted} is no number and no state (data type ${datatype})`;
  const rounded = Math.round(raw);
  const [low, high] = rangeOf(whole);
  if (rounded < low || rounded > high) return `${rounded} does not fit metric ${wanted}, which is ${whole.name}`;
  if (Math.abs(rounded - raw) > 1e-6 * Math.max(1, Math.abs(raw)))
    return `${value} would become ${rounded} in metric ${wanted}, which is ${whole.name}`;
  return { name: wanted, alias, datatype, value: rounded };
}
