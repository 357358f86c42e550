// Modbus RTU on a line of bytes. modbus-serial looks for something like an answer anywhere in what it has received, old
// bytes included; here only the exact answer counts, anything else is a fault, and after a fault nothing is sent before
// the line has fallen silent.
import type { ReadOutcome } from '../../polling/core/device-plan.ts';
import { airtimeMs, silenceMs } from '../../polling/core/line-cost.ts';
import type { Span } from '../../polling/core/span.ts';
import type { ByteLine } from './byte-line.ts';
import type { SerialLine } from './connection.ts';
import { inStep, leftUnanswered, proofOfStep, type Unanswered } from './core/in-step.ts';
import { checkRtuAnswer, rtuRequest } from './core/rtu-frame.ts';
import { checkRtuEcho, isWrite, rtuWriteRequest } from './core/rtu-write.ts';
import { type ModbusLink, NOT_BEGUN } from './link.ts';

/** Pieces of one frame may come this far apart through drivers and converters, ms. */
const RESTLESS_MS = 40;
/** A line that does not fall silent in this time carries something else than Modbus. */
const DRAIN_MS = 2_000;
/** So many timeouts in a row without a single byte, and the line itself is in doubt. */
const TIMEOUTS_UNTIL_REOPEN = 3;

/** What must outlive one connection: late answers come through a new one as well. */
export interface Step {
  unanswered: Unanswered;
}

/** Timers run before the bytes that came while the process was busy; those count first. */
const bytesThatWait = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

interface Pending {
  readonly unit: number;
  readonly span: Span;
  received: Uint8Array;
  readonly settle: (outcome: ReadOutcome) => void;
}

export function createRtuLink(line: ByteLine, timing: SerialLine, step: Step): ModbusLink {
  let open = true;
  let pending: Pending | null = null;
  let lastByteMs = Number.NEGATIVE_INFINITY;
  let restless = false;
  let silentTimeouts = 0;

  const destroy = (reason: string): void => {
    open = false;
    pending?.settle({ kind: 'closed', reason });
    line.destroy();
  };

  line.listen({
    data(bytes) {
      lastByteMs = performance.now();
      silentTimeouts = 0;
      if (pending === null) {
        restless = true;
        return;
      }
      pending.received = Buffer.concat([pending.received, bytes]);
      const { received, unit, span } = pending;
      const verdict = isWrite(span) ? checkRtuEcho(received, unit, span) : checkRtuAnswer(received, unit, span);
      if (verdict.kind === 'partial') return;
      if (verdict.kind === 'fault') {
        restless = true;
        pending.settle({ kind: 'garbled', reason: verdict.reason });
      } else pending.settle(verdict);
    },
    closed: () => destroy('connection lost'),
  });

  /** Waits until nothing has come for a while. @returns false when something comes all the time. */
  async function drain(): Promise<boolean> {
    const quietMs = restless ? Math.max(RESTLESS_MS, silenceMs(timing)) : silenceMs(timing);
    const deadlineMs = performance.now() + DRAIN_MS;
    for (;;) {
      const waitMs = lastByteMs + quietMs - performance.now();
      if (waitMs <= 0) break;
      if (performance.now() > deadlineMs) return false;
      await new Promise((resolve) => setTimeout(resolve, Math.ceil(waitMs)));
      await bytesThatWait();
    }
    restless = false;
    return true;
  }

  function exchange(unit: number, span: Span, timeoutMs: number): Promise<ReadOutcome> {
    // The timeout is the device's; the line needs its own time for both frames.
    // FC 16 with its echo is as long as a read of two registers more.
    const carried: Span = isWrite(span)
      ? { area: 'holding', address: span.address, count: span.words.length + 2 }
      : span;
    const deadlineMs = timeoutMs + airtimeMs({ ...timing, turnaroundMs: 0 }, carried);
    return new Promise((resolve) => {
      const deadline = setTimeout(async () => {
        await bytesThatWait();
        if (pending !== mine) return;
        const some = mine.received.length > 0;
        if (some) restless = true;
        if (some) mine.settle({ kind: 'garbled', reason: `answer broken off within ${timeoutMs} ms` });
        else mine.settle({ kind: 'timeout', reason: `no answer within ${timeoutMs} ms` });
      }, deadlineMs);
      const mine: Pending = {
        unit,
        span,
        received: new Uint8Array(),
        settle(outcome) {
          clearTimeout(deadline);
          pending = null;
          resolve(outcome);
        },
      };
      pending = mine;
      line.write(isWrite(span) ? rtuWriteRequest(unit, span) : rtuRequest(unit, span));
    });
  }

  async function ask(unit: number, span: Span, timeoutMs: number): Promise<ReadOutcome> {
    if (!(await drain())) {
      destroy('the line does not fall silent');
      return { kind: 'garbled', reason: 'the line does not fall silent: something else talks on it' };
    }
    if (!open) return { kind: 'closed', reason: 'connection lost' };
    if (isWrite(span) && span.begin?.() === false) return NOT_BEGUN;
    const outcome = await exchange(unit, span, timeoutMs);
    if (outcome.kind === 'answer' || outcome.kind === 'exception') {
      step.unanswered = inStep(step.unanswered, unit);
    } else {
      step.unanswered = leftUnanswered(step.unanswered, unit, span, performance.now());
      if (outcome.kind === 'timeout' && ++silentTimeouts >= TIMEOUTS_UNTIL_REOPEN) destroy('no byte for a long time');
    }
    return outcome;
  }

  let busy = false;
  return {
    isOpen: () => open,
    destroy: () => destroy('connection closed'),
    async read(unit, span, timeoutMs) {
      if (!open) return { kind: 'closed', reason: 'not connected' };
      if (busy) throw new Error('a Modbus line carries one request at a time');
      busy = true;
      try {
        const proof = proofOfStep(step.unanswered, unit, span, performance.now());
        if (proof === 'wait') return { kind: 'timeout', reason: 'too many late answers may still come' };
        if (proof !== null) {
          const proven = await ask(unit, proof, timeoutMs);
          if (proven.kind !== 'answer' && proven.kind !== 'exception') return proven;
        }
        return await ask(unit, span, timeoutMs);
      } finally {
        busy = false;
      }
    },
  };
}
