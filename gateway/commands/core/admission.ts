// Whether a command may be executed now. Everything that could make it dangerous is asked here, at the last moment before
// the write: who may be written at all, value, rate, interlock, time, and whether the same command came before.
import {
  type DeviceModel,
  type EquipmentClass,
  interlockFault,
  type WriteRule,
  writeRuleOf,
  writeValueFault,
} from '@louwei/device-profiles';

export interface CommandRequest {
  readonly id: string;
  readonly device: string;
  readonly point: string;
  /** In the point's unit; states as 0 and 1. */
  readonly value: number;
  /** By the server's clock, Unix ms. */
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

/** confirmed: read back. failed: certainly not in effect. unknown: somebody has to look. The others were never written. */
export type OutcomeState = 'confirmed' | 'failed' | 'unknown' | 'refused' | 'expired';

export type OutcomeCode =
  | 'read-back'
  | 'device-refuses'
  | 'not-sent'
  | 'no-effect'
  | 'no-reading'
  | 'unanswered'
  | 'stopped'
  | 'read-only'
  | 'too-late'
  | 'restarted'
  | 'clock'
  | 'value'
  | 'busy'
  | 'rate'
  | 'interlock'
  | 'not-writable';

export interface Outcome {
  readonly state: OutcomeState;
  /** For machines and translations; `reason` says the same in words, with figures. */
  readonly code: OutcomeCode;
  readonly reason: string;
  /** Value of the read-back point that decided, in its unit. */
  readonly readBack?: number;
}

export interface Admissions {
  readonly startedAtMs: number;
  /** Every command of the last {@link REMEMBER_MS}: its answer, or null while it runs. */
  readonly known: ReadonlyMap<
    string,
    { readonly atMs: number; readonly device: string; readonly outcome: Outcome | null }
  >;
  /** Accepted commands of the last minute. */
  readonly recent: readonly { readonly device: string; readonly point: string; readonly atMs: number }[];
}

export interface AdmissionFacts {
  readonly nowMs: number;
  /** The gateway's configuration says `commands: enabled`. */
  readonly enabled: boolean;
  readonly device: { readonly model: DeviceModel; readonly class: EquipmentClass } | undefined;
  /** Last good value of a point of the device, null when there is none now. */
  readonly current: (point: string) => number | null;
}

export type Admission =
  | { readonly kind: 'execute'; readonly rule: WriteRule }
  /** The answer of before, or of this moment. */
  | { readonly kind: 'answer'; readonly outcome: Outcome }
  /** The same command is being executed: its answer will come. */
  | { readonly kind: 'running' };

/** Longer than any command may live (expiryS and withinS are at most 300 s each). */
export const REMEMBER_MS = 3_600_000;
/** A server's clock may be ahead by this much; more would lengthen the life of a command. */
export const CLOCK_TOLERANCE_MS = 2_000;
const MINUTE_MS = 60_000;

export const noAdmissions = (startedAtMs: number): Admissions => ({ startedAtMs, known: new Map(), recent: [] });

/** Decides, and remembers the command either way, so that the same one is never executed twice. */
export function admit(
  before: Admissions,
  request: CommandRequest,
  facts: AdmissionFacts,
): { readonly admissions: Admissions; readonly admission: Admission } {
  const { nowMs } = facts;
  const earlier = before.known.get(request.id);
  if (earlier !== undefined) {
    const { outcome } = earlier;
    return { admissions: before, admission: outcome === null ? { kind: 'running' } : { kind: 'answer', outcome } };
  }
  const swept = sweep(before, nowMs);
  const rule = ruleOf(request, facts);
  const outcome = rule === null ? notAllowed(request, facts) : objection(swept, request, rule, facts);
  const known = new Map(swept.known).set(request.id, { atMs: nowMs, device: request.device, outcome });
  if (outcome !== null || rule === null)
    return {
      admissions: { ...swept, known },
      admission: { kind: 'answer', outcome: outcome ?? notAllowed(request, facts) },
    };
  const recent = [...swept.recent, { device: request.device, point: request.point, atMs: nowMs }];
  return { admissions: { ...swept, known, recent }, admission: { kind: 'execute', rule } };
}

/** The command has come to its end; repeated questions get this answer. */
export function conclude(before: Admissions, id: string, outcome: Outcome): Admissions {
  const entry = before.known.get(id);
  if (entry === undefined || entry.outcome !== null) return before;
  return { ...before, known: new Map(before.known).set(id, { ...entry, outcome }) };
}

const ruleOf = ({ point }: CommandRequest, { device }: AdmissionFacts): WriteRule | null =>
  device === undefined ? null : writeRuleOf(device.model, device.class, point);

const refused = (code: OutcomeCode, reason: string): Outcome => ({ state: 'refused', code, reason });

const notAllowed = ({ device, point }: CommandRequest, facts: AdmissionFacts): Outcome =>
  refused(
    'not-writable',
    facts.device === undefined ? `no device ${device}` : `the point ${point} of this equipment cannot be written`,
  );

function objection(state: Admissions, request: CommandRequest, rule: WriteRule, facts: AdmissionFacts): Outcome | null {
  const { nowMs } = facts;
  if (!facts.enabled)
    return refused('read-only', 'the gateway is read-only: its configuration does not enable commands');
  if (request.expiresAtMs <= nowMs)
    return { state: 'expired', code: 'too-late', reason: 'the command came after its expiry' };
  if (request.issuedAtMs < state.startedAtMs)
    return { state: 'expired', code: 'restarted', reason: 'the gateway has started since the command was issued' };
  if (request.issuedAtMs > nowMs + CLOCK_TOLERANCE_MS || request.expiresAtMs - request.issuedAtMs > rule.expiryS * 1000)
    return refused('clock', 'the expiry is too far away: the clocks of server and gateway differ');
  const fault = writeValueFault(rule, request.value);
  if (fault !== null) return refused('value', fault);
  const busy = [...state.known.values()].some(({ device, outcome }) => device === request.device && outcome === null);
  if (busy) return refused('busy', 'another command to this equipment is being executed');
  const own = state.recent.filter(({ device, point }) => device === request.device && point === request.point);
  if (own.length >= rule.perMinute) return refused('rate', `more than ${rule.perMinute} commands in a minute`);
  const locked = interlockFault(rule, facts.current);
  return locked === null ? null : refused('interlock', locked);
}

function sweep(state: Admissions, nowMs: number): Admissions {
  const known = [...state.known].filter(([, { atMs, outcome }]) => outcome === null || nowMs - atMs < REMEMBER_MS);
  return { ...state, known: new Map(known), recent: state.recent.filter(({ atMs }) => nowMs - atMs < MINUTE_MS) };
}
