// requested -> sent -> confirmed | failed | unknown | expired | refused. Nothing leads back, so nothing is sent twice.
import type { CommandState } from '../../contract/commands.ts';

export interface CommandLife {
  readonly state: CommandState;
  readonly requestedBy: string;
  readonly twoPersons: boolean;
  readonly approvedBy: string | null;
  readonly sentAtMs: number | null;
  readonly expiresAtMs: number | null;
  readonly deadlineAtMs: number;
  readonly outcomeCode: string | null;
  readonly outcome: string | null;
  readonly readBack: number | null;
  readonly endedAtMs: number | null;
}

export interface CommandTimes {
  readonly expiryS: number;
  /** Of the read-back. */
  readonly withinS: number;
}

export type CommandEvent =
  | { readonly kind: 'approve'; readonly by: string; readonly nowMs: number; readonly times: CommandTimes }
  /** From the gateway, perhaps long after. */
  | {
      readonly kind: 'outcome';
      readonly state: Exclude<CommandState, 'requested' | 'sent'>;
      readonly code: string;
      readonly reason: string;
      readonly readBack: number | null;
      readonly nowMs: number;
    }
  | { readonly kind: 'deadline'; readonly nowMs: number };

export type Step =
  | { readonly ok: true; readonly life: CommandLife; readonly send: boolean }
  | { readonly ok: false; readonly problem: 'forbidden' | 'invalid-transition'; readonly detail: string };

/** An approval that nobody gives must not surprise anybody hours later. */
export const APPROVAL_MS = 600_000;
/** What driver, outbox and transport may take beyond expiry and read-back. */
const GRACE_MS = 30_000;

/** A new command; without a second person it is sent at once. */
export function request(by: string, twoPersons: boolean, nowMs: number, times: CommandTimes): CommandLife {
  const asked: CommandLife = {
    state: 'requested',
    requestedBy: by,
    twoPersons,
    approvedBy: null,
    sentAtMs: null,
    expiresAtMs: null,
    deadlineAtMs: nowMs + APPROVAL_MS,
    outcomeCode: null,
    outcome: null,
    readBack: null,
    endedAtMs: null,
  };
  return twoPersons ? asked : sent(asked, nowMs, times);
}

export function step(life: CommandLife, event: CommandEvent): Step {
  switch (event.kind) {
    case 'approve':
      return approve(life, event);
    case 'outcome':
      return outcome(life, event);
    case 'deadline':
      return deadline(life, event.nowMs);
  }
}

function approve(life: CommandLife, { by, nowMs, times }: Extract<CommandEvent, { kind: 'approve' }>): Step {
  if (life.state !== 'requested') return impossible(`the command is ${life.state}`);
  if (nowMs >= life.deadlineAtMs) return impossible('the time for approving is over');
  if (by === life.requestedBy)
    return { ok: false, problem: 'forbidden', detail: 'the person who asked cannot approve: another one has to' };
  return { ok: true, life: sent({ ...life, approvedBy: by }, nowMs, times), send: true };
}

/** An outcome also replaces "unknown": the gateway was cut off and tells it now. Anything else stands. */
function outcome(life: CommandLife, event: Extract<CommandEvent, { kind: 'outcome' }>): Step {
  if (life.state !== 'sent' && life.state !== 'unknown') return impossible(`the command is ${life.state}`);
  const { state, code, reason, readBack, nowMs } = event;
  return {
    ok: true,
    life: { ...life, state, outcomeCode: code, outcome: reason, readBack, endedAtMs: nowMs },
    send: false,
  };
}

function deadline(life: CommandLife, nowMs: number): Step {
  if (nowMs < life.deadlineAtMs) return impossible('the deadline is not over');
  if (life.state === 'requested')
    return {
      ok: true,
      life: {
        ...life,
        state: 'expired',
        outcomeCode: 'not-approved',
        outcome: 'nobody approved it in time',
        endedAtMs: nowMs,
      },
      send: false,
    };
  if (life.state === 'sent')
    return {
      ok: true,
      life: {
        ...life,
        state: 'unknown',
        outcomeCode: 'no-answer',
        outcome: 'the gateway has not answered',
        endedAtMs: nowMs,
      },
      send: false,
    };
  return impossible(`the command is ${life.state}`);
}

function sent(life: CommandLife, nowMs: number, { expiryS, withinS }: CommandTimes): CommandLife {
  const expiresAtMs = nowMs + expiryS * 1000;
  return {
    ...life,
    state: 'sent',
    sentAtMs: nowMs,
    expiresAtMs,
    deadlineAtMs: expiresAtMs + withinS * 1000 + GRACE_MS,
  };
}

const impossible = (detail: string): Step => ({ ok: false, problem: 'invalid-transition', detail });
