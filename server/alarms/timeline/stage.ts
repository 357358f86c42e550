// Where a timeline is played: an engine that takes readings and people's verbs at a clock that only the player moves.
import type { EquipmentClass, Quality } from '@louwei/device-profiles';
import type { AlarmState } from '../../contract/alarms.ts';
import type { WorkOrderState, WorkOrderStep } from '../../contract/work-orders.ts';
import type { Transition } from '../core/transition.ts';
import type { Verb } from '../core/verb.ts';

export interface StageReading {
  readonly equipmentId: string;
  readonly point: string;
  /** Null: no value. */
  readonly value: number | string | null;
  readonly quality: Quality;
  /** At the source, Unix ms. */
  readonly timeMs: number;
  /** Comes behind newer readings of its point: data that a gateway kept while it could not send. */
  readonly late: boolean;
}

/** One line of the journal. */
export interface Entry {
  readonly equipmentId: string;
  readonly alarm: string;
  readonly transition: Transition;
}

export type Answer =
  | { readonly ok: true; readonly changed: boolean }
  | { readonly ok: false; readonly code: string; readonly detail: string };

export interface OrderStep {
  readonly step: WorkOrderStep;
  readonly reason?: string | undefined;
  readonly note?: string | undefined;
  /** Complete although the alarm is still active. */
  readonly confirmActive?: boolean | undefined;
}

export interface Stage {
  /** Unix ms. */
  nowMs(): number;
  /** Moves the clock and does everything that falls due on the way, each at its own moment. */
  advance(toMs: number): Promise<void>;
  /** One delivery. */
  read(readings: readonly StageReading[]): Promise<void>;
  gateway(gatewayId: string, online: boolean): Promise<void>;
  person(equipmentId: string, alarm: string, by: string, verb: Verb): Promise<Answer>;
  /** A person takes a step of the equipment's open orders; refused when there is none. */
  order(equipmentId: string, by: string, request: OrderStep): Promise<Answer>;
  /** States of the equipment's orders, in the order of their creation. */
  orders(equipmentId: string): Promise<readonly WorkOrderState[]>;
  /** The server stops now and starts again after the time. */
  restart(downMs: number): Promise<void>;
  /** Restarts with other classes. */
  redefine(classes: ReadonlyMap<string, EquipmentClass>): Promise<void>;
  /** Everything journalled so far about alarms, in order. */
  journal(): Promise<readonly Entry[]>;
  state(equipmentId: string, alarm: string): Promise<AlarmState>;
}

/** Equipment id -> its class and gateway. */
export type Cast = ReadonlyMap<
  string,
  { readonly class: string; readonly gatewayId: string; readonly bus?: string | undefined }
>;
