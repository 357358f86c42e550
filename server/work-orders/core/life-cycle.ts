// The life of a work order as a table: state x step -> next state. What is not in the table is refused.
import { HOLD_REASONS, type WorkOrderState, type WorkOrderStep } from '../../contract/work-orders.ts';

/** One line of the order's journal, in order; the order's present state follows from it. */
export interface Entry {
  readonly step: WorkOrderStep | 'note';
  readonly from: WorkOrderState | null;
  readonly to: WorkOrderState;
  readonly actor: string;
  readonly atMs: number;
  readonly assignee: string | null;
  readonly reason: string | null;
  readonly note: string | null;
}

/** How every order begins. */
export const createdEntry = (actor: string, nowMs: number, note: string | null = null): Entry => ({
  step: 'create',
  from: null,
  to: 'NEW',
  actor,
  atMs: nowMs,
  assignee: null,
  reason: null,
  note,
});

interface StepRequest {
  readonly step: WorkOrderStep;
  readonly actor: string;
  readonly nowMs: number;
  readonly assignee?: string | undefined;
  readonly reason?: string | undefined;
  readonly note?: string | undefined;
  /** An alarm of this order is still active. */
  readonly alarmActive: boolean;
  /** The person knows it and completes all the same. */
  readonly confirmActive?: boolean | undefined;
}

type StepDecision =
  | { readonly ok: true; readonly entries: readonly Entry[] }
  | {
      readonly ok: false;
      readonly code: 'invalid-transition' | 'invalid-request' | 'alarm-active' | 'second-person';
      readonly detail: string;
    };

/** Reason of a completion that was confirmed while an alarm of the order was active. */
const CONFIRMED_ACTIVE = 'alarm-active';

/** A closed order may be opened again this long; later it is a new fault. */
export const REOPEN_WITHIN_MS = 7 * 24 * 3600_000;

/** `before-hold` is the state in which the hold began. */
type Target = WorkOrderState | 'before-hold';

const ABANDON = { cancel: 'CANCELLED', reassign: 'DISPATCHED' } as const;
export const LIFE_CYCLE: Readonly<Record<WorkOrderState, Readonly<Partial<Record<WorkOrderStep, Target>>>>> = {
  NEW: { dispatch: 'DISPATCHED', accept: 'ACCEPTED', ...ABANDON },
  DISPATCHED: { accept: 'ACCEPTED', reject: 'NEW', ...ABANDON },
  ACCEPTED: { depart: 'EN_ROUTE', arrive: 'ON_SITE', hold: 'ON_HOLD', reject: 'NEW', ...ABANDON },
  EN_ROUTE: { arrive: 'ON_SITE', reject: 'NEW', ...ABANDON },
  ON_SITE: { start: 'IN_PROGRESS', complete: 'DONE', hold: 'ON_HOLD', ...ABANDON },
  IN_PROGRESS: { complete: 'DONE', hold: 'ON_HOLD', reassign: 'DISPATCHED' },
  ON_HOLD: { resume: 'before-hold', ...ABANDON },
  DONE: { verify: 'CLOSED', 'reject-verify': 'IN_PROGRESS' },
  CLOSED: { 'reject-verify': 'IN_PROGRESS' },
  CANCELLED: {},
};

export const isOpen = (state: WorkOrderState): boolean => state !== 'CLOSED' && state !== 'CANCELLED';

export const stateOf = (entries: readonly Entry[]): WorkOrderState => entries.at(-1)?.to ?? 'NEW';

/** Who works on it: the last one named, nobody after a rejection. */
export function assigneeOf(entries: readonly Entry[]): string | null {
  const named = entries.findLast((entry) => entry.assignee !== null || entry.step === 'reject');
  return named === undefined || named.step === 'reject' ? null : named.assignee;
}

/** Steps possible now. */
export function stepsOf(entries: readonly Entry[], nowMs: number): WorkOrderStep[] {
  const state = stateOf(entries);
  const steps = Object.keys(LIFE_CYCLE[state]) as WorkOrderStep[];
  return state === 'CLOSED' && !isReopenable(entries, nowMs) ? [] : steps;
}

const isReopenable = (entries: readonly Entry[], nowMs: number): boolean => {
  const closed = entries.findLast((entry) => entry.step === 'verify');
  return closed !== undefined && nowMs - closed.atMs <= REOPEN_WITHIN_MS;
};

/** Decides one step. A refusal changes nothing and says what would be possible. */
export function decide(entries: readonly Entry[], request: StepRequest): StepDecision {
  const from = stateOf(entries);
  const { step, actor } = request;
  const target = LIFE_CYCLE[from][step];
  const possible = stepsOf(entries, request.nowMs);
  if (target === undefined || !possible.includes(step))
    return {
      ok: false,
      code: 'invalid-transition',
      detail: `${step} is not possible in ${from}; possible: ${possible.join(', ') || 'nothing'}`,
    };
  const missing = missingField(request);
  if (missing !== null) return { ok: false, code: 'invalid-request', detail: missing };
  if (step === 'complete' && request.alarmActive && request.confirmActive !== true)
    return {
      ok: false,
      code: 'alarm-active',
      detail:
        'an alarm of this order is still active: confirmActive: found nothing, expected true to complete it all the same',
    };
  const done = entries.findLast((entry) => entry.step === 'complete');
  if (step === 'verify' && done?.reason === CONFIRMED_ACTIVE && done.actor === actor)
    return {
      ok: false,
      code: 'second-person',
      detail: `${actor} completed it while its alarm was active: verification by another person is expected`,
    };
  if (step === 'verify' && request.alarmActive && isBlank(request.note))
    return {
      ok: false,
      code: 'invalid-transition',
      detail: 'an alarm of this order is still active: note: found nothing, expected why it is closed all the same',
    };
  const atMs = Math.max(request.nowMs, entries.at(-1)?.atMs ?? request.nowMs);
  const entry = (
    at: WorkOrderStep | 'note',
    begin: WorkOrderState,
    to: WorkOrderState,
    more: Partial<Entry> = {},
  ): Entry => ({
    step: at,
    from: begin,
    to,
    actor,
    atMs,
    assignee: null,
    reason: null,
    note: null,
    ...more,
  });
  const to = target === 'before-hold' ? stateBeforeHold(entries) : target;
  const begin = step === 'complete' && from === 'ON_SITE' ? 'IN_PROGRESS' : from;
  const made = [
    ...(begin === from ? [] : [entry('start', from, begin)]),
    entry(step, begin, to, {
      assignee: assignment(request, assigneeOf(entries)),
      reason: step === 'complete' && request.alarmActive ? CONFIRMED_ACTIVE : (request.reason ?? null),
      note: request.note ?? null,
    }),
  ];
  if (step === 'complete' && request.alarmActive)
    made.push(entry('note', to, to, { actor: 'system', note: '报警仍未恢复 · alarm still active at completion' }));
  return { ok: true, entries: made };
}

/** Whoever accepts has it; dispatching names somebody. */
function assignment({ step, actor, assignee }: StepRequest, present: string | null): string | null {
  if (step === 'accept') return present === actor ? null : actor;
  return step === 'dispatch' || step === 'reassign' ? (assignee ?? null) : null;
}

const stateBeforeHold = (entries: readonly Entry[]): WorkOrderState =>
  entries.findLast((entry) => entry.step === 'hold')?.from ?? 'IN_PROGRESS';

const isBlank = (text: string | undefined): boolean => text === undefined || text.trim() === '';

function missingField({ step, reason, note, assignee }: StepRequest): string | null {
  if (step === 'hold' && !HOLD_REASONS.some((known) => known === reason))
    return `reason: found ${reason ?? 'nothing'}, expected one of ${HOLD_REASONS.join(', ')}`;
  if ((step === 'cancel' || step === 'reject') && isBlank(reason)) return 'reason: found nothing, expected why';
  if (step === 'reject-verify' && isBlank(reason) && isBlank(note))
    return 'note: found nothing, expected what is not in order';
  if ((step === 'dispatch' || step === 'reassign') && isBlank(assignee))
    return 'assignee: found nothing, expected the username of the person to go';
  return null;
}
