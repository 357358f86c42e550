// The picture of the plant that the live socket keeps: what the server said last, and how far we followed it.
import type { alarmHealth, alarms, commands, equipment, live, workOrders } from '@louwei/server/contract';

export interface PointNow {
  readonly value: number | string | null;
  readonly quality: string;
  /** Gateway time of the reading, Unix ms. */
  readonly timeMs: number;
}

export type Values = ReadonlyMap<string, ReadonlyMap<string, PointNow>>;

export interface Picture {
  readonly gateways: ReadonlyMap<string, equipment.Gateway>;
  readonly equipment: ReadonlyMap<string, equipment.EquipmentSummary>;
  /** Open occurrences only. */
  readonly alarms: ReadonlyMap<string, alarms.Alarm>;
  /** Open orders only. */
  readonly workOrders: ReadonlyMap<string, workOrders.WorkOrder>;
  /** Floods that last. */
  readonly floods: ReadonlyMap<string, alarmHealth.AlarmFlood>;
  /** Remote commands that changed lately. */
  readonly commands: ReadonlyMap<string, commands.Command>;
}

export interface LiveState extends Picture {
  /** Server process and sequence number up to which the picture is complete; null before the first snapshot. */
  readonly position: { readonly instance: string; readonly seq: number } | null;
  /** Instance of the present connection, from its `hello`; null while not connected. */
  readonly connectedTo: string | null;
  /** The present connection has proved to be complete: its snapshot came, or it resumed from our position. */
  readonly following: boolean;
  readonly values: Values;
  /** Server clock minus browser clock, ms. */
  readonly clockOffsetMs: number;
  /** Age of the newest reading the server has committed, as of the last heartbeat. */
  readonly dataAgeMs: number | null;
  /** Browser time of the last message of any kind. */
  readonly heardAtMs: number;
  /** Browser time at which the connection was lost; null while connected. */
  readonly lostAtMs: number | null;
}

export const initialState = (nowMs: number): LiveState => ({
  gateways: new Map(),
  equipment: new Map(),
  alarms: new Map(),
  workOrders: new Map(),
  floods: new Map(),
  commands: new Map(),
  position: null,
  connectedTo: null,
  following: false,
  values: new Map(),
  clockOffsetMs: 0,
  dataAgeMs: null,
  heardAtMs: nowMs,
  lostAtMs: nowMs,
});

/** What the shell has to do after a message. `resume: false` asks for a full snapshot. */
export type LiveEffect = { readonly kind: 'none' } | { readonly kind: 'reconnect'; readonly resume: boolean };

export interface LiveStep {
  readonly state: LiveState;
  readonly effect: LiveEffect;
}

export type LiveMessage = live.LiveMessage;
