// NCMD and DCMD as bytes: one metric of the type its birth declared, or the request to be born again.
import { encodePayload as encodeTahu, type TypeStr } from 'sparkplug-payload/lib/sparkplugbpayload.js';
import { REBIRTH } from '../../uplink/sparkplug/names.ts';
import { encodePayload } from '../../uplink/sparkplug/payload.ts';
import type { CommandMetric } from './core/command.ts';
import { typeName } from './core/metric-value.ts';

export function commandPayload({ name, alias, datatype, value }: CommandMetric, nowMs: number): Buffer {
  const type = typeName(datatype) as TypeStr;
  const identity = alias === undefined ? { name } : { alias };
  return Buffer.from(encodeTahu({ timestamp: nowMs, metrics: [{ ...identity, timestamp: nowMs, type, value }] }));
}

export const rebirthPayload = (nowMs: number): Buffer =>
  encodePayload({
    timestampMs: nowMs,
    metrics: [{ name: REBIRTH, type: 'Boolean', value: true, timestampMs: nowMs, quality: 'good' }],
  });
