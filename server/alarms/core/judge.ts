// Asks a rule what it says now. Kinds that look at time get their memory, a time that never runs backwards and all values
// that are usable; they say themselves when to ask again.
import type { Definition } from './definition.ts';
import { type Inputs, usableIn, valueIn } from './inputs.ts';
import { levelOf } from './levels.ts';
import type { Reading } from './reading.ts';
import type { RuleState } from './rule-state.ts';
import type { Verdict } from './rules/kind.ts';
import { kindOf } from './rules/registry.ts';

/** What a rule that looks at time remembers. It is not stored: a start rebuilds it from the stored readings. */
export interface Recollection {
  /** Fingerprint of the definition that made it; another one cannot read it. */
  readonly of: string;
  /** Time of the last question, on the clock of the gateway. */
  readonly clockMs: number;
  /** The server's clock less the gateway's, ms; 0 while they are one. */
  readonly leadMs: number;
  /** Server time of the next question without a reading; Infinity: none. */
  readonly againMs: number;
  readonly memory: unknown;
}

/** Readings that are older on arrival come from a backlog: more of it may follow, so nothing is concluded for so long. */
const BACKLOG_MS = 10_000;
/** A reading that is later than this for what was concluded already makes the memory begin again. */
const TOO_LATE_MS = 60_000;

export function judge(
  definition: Definition,
  { record, watch }: RuleState,
  reading: Reading,
): { readonly verdict: Verdict; readonly recollection: Recollection | null } {
  const kind = kindOf(definition.rule);
  const level = watch.level ?? levelOf(definition, record);
  const before = watch.raw;
  if (definition.horizonMs === null) {
    if (!reading.usable) return { verdict: { truth: null, why: () => reading.why }, recollection: null };
    const of = valueIn(watch.inputs);
    const measured = { value: reading.value, before, level, of, nowMs: 0, memory: undefined };
    return { verdict: kind.evaluate(definition.rule, measured), recollection: null };
  }
  const { atMs: ownMs, leadMs } = reading.own ?? { atMs: reading.sourceMs, leadMs: 0 };
  const { memory, nowMs } = continued(definition, watch.recollection, ownMs);
  const of = usableIn(watch.inputs);
  const verdict = kind.evaluate(definition.rule, { before, level, nowMs, memory, value: of(definition.point), of });
  const missing = reading.usable || verdict.truth !== null ? verdict : { ...verdict, why: () => reading.why };
  return {
    verdict: missing,
    recollection: {
      of: definition.fingerprint,
      clockMs: nowMs,
      leadMs,
      memory: verdict.memory,
      againMs: dueAgain(verdict, nowMs, reading.atMs - leadMs) + leadMs,
    },
  };
}

/** Nobody can tell from now on: the memory must not count that time, and nothing is asked until somebody can. */
export function interrupted(
  definition: Definition,
  recollection: Recollection | null,
  atMs: number,
): Recollection | null {
  if (recollection === null || recollection.of !== definition.fingerprint) return null;
  const { rule } = definition;
  const nowMs = Math.max(atMs - recollection.leadMs, recollection.clockMs);
  const memory = kindOf(rule).interrupt?.(rule, recollection.memory, nowMs);
  return { ...recollection, clockMs: nowMs, memory, againMs: Number.POSITIVE_INFINITY };
}

/** Readings before the start, oldest first: they fill the memory and decide nothing. */
export function rebuilt(
  definition: Definition,
  state: RuleState,
  history: readonly { readonly point: string; readonly reading: Reading }[],
  againMs: number,
): { readonly inputs: Inputs; readonly recollection: Recollection | null } {
  let { inputs, raw } = state.watch;
  let recollection: Recollection | null = null;
  for (const { point, reading } of history) {
    inputs = { ...inputs, [point]: reading };
    const asked = judge(definition, { ...state, watch: { ...state.watch, inputs, raw, recollection } }, reading);
    recollection = asked.recollection;
    raw = asked.verdict.truth ?? raw;
  }
  return { inputs, recollection: recollection === null ? null : { ...recollection, againMs } };
}

/** A reading far older than the last question: what was concluded without it is forgotten. */
function continued(
  definition: Definition,
  known: Recollection | null,
  atMs: number,
): { memory: unknown; nowMs: number } {
  const isOf = known !== null && known.of === definition.fingerprint;
  if (!isOf || atMs < known.clockMs - TOO_LATE_MS) return { memory: undefined, nowMs: atMs };
  return { memory: known.memory, nowMs: Math.max(atMs, known.clockMs) };
}

/** All on the clock of the gateway. */
function dueAgain({ againMs }: Verdict, nowMs: number, atMs: number): number {
  if (againMs === undefined) return Number.POSITIVE_INFINITY;
  const notBeforeMs = atMs - nowMs > BACKLOG_MS ? atMs + BACKLOG_MS : 0;
  return Math.max(againMs, notBeforeMs, nowMs + 1);
}
