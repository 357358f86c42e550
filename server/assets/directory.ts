// What the other domains may ask of the equipment register. Answers come from memory; the register changes only when
// its transaction has committed.

export interface EquipmentRecord {
  readonly id: string;
  readonly gatewayId: string;
  /** Device of the Sparkplug edge node; empty for the gateway's own record (class `gateway`). */
  readonly deviceId: string;
  /** Class of the device library; `generic-equipment` for devices without a profile. */
  readonly class: string;
  readonly model: string;
  readonly name: { readonly zh: string; readonly en: string };
  readonly place: { readonly site: string; readonly building: string; readonly floor: string; readonly room: string };
  readonly connection: string;
  /** Device id, at the same gateway, of the bus on which it hangs; empty when it shares none. */
  readonly bus: string;
  readonly online: boolean;
  /** Unix ms; null while online. */
  readonly offlineSinceMs: number | null;
  readonly points: ReadonlyMap<string, PointRecord>;
}

export interface PointRecord {
  readonly pointId: number;
  readonly equipmentId: string;
  readonly name: string;
  /** Sparkplug data type as Louwei groups them: Double, Boolean, String, Int64, UInt64. */
  readonly dataType: string;
}

export interface GatewayRecord {
  readonly id: string;
  readonly group: string;
  readonly node: string;
  readonly online: boolean;
  readonly sinceMs: number;
  readonly lastSeenMs: number;
  readonly watermark: { readonly epoch: number; readonly seq: number };
  readonly provesDelivery: boolean;
}

export interface DirectoryChange {
  readonly equipmentIds: readonly string[];
  readonly gatewayIds: readonly string[];
}

export interface EquipmentDirectory {
  equipment(id: string): EquipmentRecord | undefined;
  all(): Iterable<EquipmentRecord>;
  gateway(id: string): GatewayRecord | undefined;
  gateways(): Iterable<GatewayRecord>;
  /** Called after commit, never before. */
  onChange(listener: (change: DirectoryChange) => void): void;
}
