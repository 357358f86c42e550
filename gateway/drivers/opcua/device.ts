// One OPC UA device: what its monitored items said last, and whether it is there.
import { convertRaw, type OpcuaModel } from '@louwei/device-profiles';
import { OPCUA_CONFIRM_MS } from '../../points/core/expectation.ts';
import type { Reading } from '../../points/reading.ts';
import type { DeviceState, DriverDevice, DriverHost } from '../port.ts';
import type { OpcuaConnection } from './connection.ts';
import { type ItemWish, itemWish, NO_WISH } from './core/item-wish.ts';
import { qualityOfStatus } from './core/status.ts';
import { type RawVariant, rawValue } from './core/variant.ts';

export type OpcuaDriverDevice = DriverDevice<OpcuaModel, OpcuaConnection>;

export interface ItemValue {
  readonly status: number;
  readonly variant: RawVariant | null;
  /** Unix ms, when the server gives one. */
  readonly sourceTimeMs: number | null;
}

export interface OpcuaDevice {
  readonly config: OpcuaDriverDevice;
  /** Point name and node id, `{prefix}` filled in. */
  readonly nodes: readonly (readonly [string, string])[];
  /** What the server is asked to do with the point's item. */
  wish(point: string): ItemWish;
  /** How often the server lets the point be heard of, ms. */
  granted(point: string, everyMs: number): void;
  /** Tells the host what was granted, once all items are set up. */
  tellGranted(): void;
  changed(point: string, value: ItemValue): void;
  /** The server refuses to watch the point's node. */
  refused(point: string, reason: string): void;
  /**
   * A subscription that lives guarantees that what it sent last still holds (OPC 10000-4, 5.14.1.1: a keep-alive means
   * no notifications). So quiet points are read anew with the time of the last answer of the server, not with "now".
   */
  confirm(aliveAtMs: number): void;
  /** Hands on what was collected, so that one publish response becomes one batch. */
  flush(): void;
  lost(reason: string): void;
  /** null: nothing is known yet. */
  online(): boolean | null;
}

export function createOpcuaDevice(config: OpcuaDriverDevice, host: DriverHost): OpcuaDevice {
  const { id, model } = config;
  const latest = new Map<string, Reading>();
  const refusals = new Map<string, string>();
  const granted = new Map<string, number>();
  let pending: Reading[] = [];
  let online: boolean | null = null;

  const take = (reading: Reading): void => {
    latest.set(reading.point, reading);
    pending.push(reading);
  };

  function state(next: DeviceState): void {
    online = next.online;
    host.state(id, next);
  }

  function tellState(): void {
    const answers = [...latest.values()].filter(
      ({ point, quality }) => quality !== 'not-connected' && !refusals.has(point),
    );
    if (answers.length > 0) {
      state({ online: true });
      return;
    }
    const [refusal] = refusals.values();
    if (latest.size < Object.keys(model.points).length) return;
    const reason = refusal ?? 'the server has no communication with the device';
    state({ online: false, reason: `opc ua ${config.connection.endpoint}: ${reason}` });
  }

  return {
    config,
    nodes: Object.entries(model.points).map(([name, { node }]) => [
      name,
      node.replaceAll('{prefix}', config.connection.prefix),
    ]),
    wish: (point) => {
      const mapped = model.points[point];
      return mapped === undefined ? NO_WISH : itemWish(mapped, config.class.points[point], config.report?.[point]);
    },
    granted: (point, everyMs) => {
      granted.set(point, everyMs);
    },
    tellGranted: () => host.expects?.(id, new Map(granted)),
    changed(point, item) {
      const definition = model.points[point];
      if (definition === undefined) return;
      refusals.delete(point);
      const status = qualityOfStatus(item.status);
      const raw = item.variant === null ? undefined : rawValue(item.variant);
      const { value, quality } = convertRaw(definition, raw, config.class.points[point]?.kind);
      take({
        point,
        value,
        quality: status !== 'good' && (quality === 'good' || quality === 'not-present') ? status : quality,
        gatewayTimeMs: host.now(),
        ...(item.sourceTimeMs === null ? {} : { deviceTimeMs: item.sourceTimeMs }),
      });
    },
    refused(point, reason) {
      refusals.set(point, reason);
      take({ point, value: null, quality: 'exception', gatewayTimeMs: host.now() });
    },
    confirm(aliveAtMs) {
      for (const reading of latest.values()) {
        const everyMs = Math.max(OPCUA_CONFIRM_MS, granted.get(reading.point) ?? 0);
        if (aliveAtMs - reading.gatewayTimeMs >= everyMs) take({ ...reading, gatewayTimeMs: aliveAtMs });
      }
    },
    flush() {
      if (pending.length === 0) return;
      const readings = pending;
      pending = [];
      host.readings(id, readings);
      tellState();
    },
    online: () => online,
    lost(reason) {
      pending = [];
      latest.clear();
      refusals.clear();
      granted.clear();
      const gatewayTimeMs = host.now();
      host.readings(
        id,
        Object.keys(model.points).map((point) => ({ point, value: null, quality: 'not-connected', gatewayTimeMs })),
      );
      state({ online: false, reason });
    },
  };
}
