// What is stored about one alarm, and the ISA-18.2 state that follows from it. The state itself is never stored as truth.
import type { AlarmState } from '../../contract/alarms.ts';

export interface Shelf {
  readonly untilMs: number;
  readonly by: string;
  readonly reason: string;
  /** Ends with the condition too, not only with its time; absent for a timed shelf. */
  readonly oneShot?: true;
  /** How often the same shelf was prolonged. */
  readonly extensions: number;
}

/** Taken out of service for repair; set by a person with a reason, reviewed at a time. */
export interface OutOfService {
  readonly by: string;
  readonly reason: string;
  /** Number of the work order or permit that covers the work. */
  readonly reference: string;
  readonly reviewAtMs: number;
}

export interface Facts {
  /** The qualified condition: after deadband, delays and quality. */
  readonly cond: boolean;
  /** True also when there is nothing to acknowledge. */
  readonly acked: boolean;
  readonly latched: boolean;
  readonly shelf: Shelf | null;
  /** Causes that make this alarm a mere consequence, e.g. `gateway:plant-room`. */
  readonly suppressedBy: readonly string[];
  readonly oos: OutOfService | null;
}

export type AlarmValue = number | string | null;

/** What the operator sees of an activation; frozen with it, so that a later change of the class does not rewrite history. */
export interface Shown {
  readonly point: string | null;
  readonly unit: string | null;
  readonly text: { readonly zh: string; readonly en: string };
  readonly limit: number | null;
}

/** One stay on the operator's list, from the first activation until it is closed. */
export interface Occurrence {
  readonly id: string;
  readonly priority: number;
  readonly activationSeq: number;
  /** How often the present activation was announced again after its acknowledgement. */
  readonly reAlarms: number;
  readonly openedAtMs: number;
  /** Of the present activation: at the source, and when the server knew. */
  readonly activeAtMs: number;
  readonly detectedAtMs: number;
  readonly clearedAtMs: number | null;
  readonly acknowledgedAtMs: number | null;
  readonly acknowledgedBy: string | null;
  readonly uncertain: boolean;
  /** Kept active because it flaps. */
  readonly chattering: boolean;
  /** How often the condition came within this occurrence, also while it flapped. */
  readonly activations: number;
  /** Server time of the announcement that nobody has acknowledged; null: nothing to acknowledge. */
  readonly unacknowledgedSinceMs: number | null;
  /** Activation that was noted as not acknowledged in time; 0 none. */
  readonly overdueSeq: number;
  /** The first of its group. */
  readonly firstOut: boolean;
  readonly workOrderId: string | null;
  readonly value: AlarmValue;
  readonly shown: Shown;
}

export interface AlarmRecord {
  readonly facts: Facts;
  readonly occurrence: Occurrence | null;
}

export const NORMAL_FACTS: Facts = {
  cond: false,
  acked: true,
  latched: false,
  shelf: null,
  suppressedBy: [],
  oos: null,
};
export const EMPTY_RECORD: AlarmRecord = { facts: NORMAL_FACTS, occurrence: null };

/** Shelved, suppressed or out of service: the condition is evaluated and journalled, but not announced. */
export const isModified = (facts: Facts): boolean =>
  facts.oos !== null || facts.suppressedBy.length > 0 || facts.shelf !== null;

const baseState = ({ cond, acked, latched }: Facts): AlarmState => {
  if (cond) return acked ? 'ACKED' : 'UNACK';
  if (latched) return acked ? 'LATAK' : 'LATUN';
  return acked ? 'NORM' : 'RTNUN';
};

/** ISA-18.2-2016 state; out of service hides suppressed, which hides shelved. */
export const alarmState = (facts: Facts): AlarmState => {
  if (facts.oos !== null) return 'OOSRV';
  if (facts.suppressedBy.length > 0) return 'DSUPR';
  if (facts.shelf !== null) return 'SHLVD';
  return baseState(facts);
};
