// The register in memory, and a draft of it: changes are made in the draft inside a transaction and adopted when it has
// committed, or forgotten when it has not. One transaction at a time has a draft.
import type { DirectoryChange, EquipmentDirectory, EquipmentRecord, GatewayRecord } from './directory.ts';

export interface Draft {
  equipment(id: string): EquipmentRecord | undefined;
  /** The record of a gateway's device; '' is the gateway's own. */
  byDevice(gatewayId: string, deviceId: string): EquipmentRecord | undefined;
  ofGateway(gatewayId: string): readonly EquipmentRecord[];
  gateway(id: string): GatewayRecord | undefined;
  put(record: EquipmentRecord): void;
  putGateway(record: GatewayRecord): void;
  adopt(): void;
  discard(): void;
}

export interface RegisterMemory {
  readonly directory: EquipmentDirectory;
  readonly draft: Draft;
}

export function createRegisterMemory(): RegisterMemory {
  const equipment = new Map<string, EquipmentRecord>();
  const gateways = new Map<string, GatewayRecord>();
  const byDevice = new Map<string, Map<string, string>>();
  const newEquipment = new Map<string, EquipmentRecord>();
  const newGateways = new Map<string, GatewayRecord>();
  const listeners: ((change: DirectoryChange) => void)[] = [];

  const find = (id: string): EquipmentRecord | undefined => newEquipment.get(id) ?? equipment.get(id);

  return {
    directory: {
      equipment: (id) => equipment.get(id),
      all: () => equipment.values(),
      gateway: (id) => gateways.get(id),
      gateways: () => gateways.values(),
      onChange(listener) {
        listeners.push(listener);
      },
    },
    draft: {
      equipment: find,
      byDevice(gatewayId, deviceId) {
        for (const record of newEquipment.values())
          if (record.gatewayId === gatewayId && record.deviceId === deviceId) return record;
        const id = byDevice.get(gatewayId)?.get(deviceId);
        return id === undefined ? undefined : equipment.get(id);
      },
      ofGateway(gatewayId) {
        const ids = new Set(byDevice.get(gatewayId)?.values());
        for (const record of newEquipment.values()) if (record.gatewayId === gatewayId) ids.add(record.id);
        return [...ids].flatMap((id) => find(id) ?? []);
      },
      gateway: (id) => newGateways.get(id) ?? gateways.get(id),
      put: (record) => void newEquipment.set(record.id, record),
      putGateway: (record) => void newGateways.set(record.id, record),
      adopt() {
        if (newEquipment.size + newGateways.size === 0) return;
        for (const record of newEquipment.values()) {
          equipment.set(record.id, record);
          const devices = byDevice.get(record.gatewayId) ?? new Map<string, string>();
          byDevice.set(record.gatewayId, devices.set(record.deviceId, record.id));
        }
        for (const record of newGateways.values()) gateways.set(record.id, record);
        const change = { equipmentIds: [...newEquipment.keys()], gatewayIds: [...newGateways.keys()] };
        newEquipment.clear();
        newGateways.clear();
        for (const listener of listeners) listener(change);
      },
      discard() {
        newEquipment.clear();
        newGateways.clear();
      },
    },
  };
}
