// One TCP connection with one modbus-serial client, used once and thrown away. The library alone leaves promises hanging
// on a reset, takes late replies for answers and never recovers from a wrong length, so this owner gives every call a
// deadline, lets one request at a time through, checks each answer, and gives up the socket on the first doubt.
import type { Socket } from 'node:net';
import ModbusSerial from 'modbus-serial';
import type { ReadOutcome } from '../../polling/core/device-plan.ts';
import { isBitArea, type Span } from '../../polling/core/span.ts';
import { checkAnswer } from './core/frame-guard.ts';
import { isWrite } from './core/rtu-write.ts';
import { openSocket } from './socket.ts';
import { requestWrite } from './write.ts';

/** Own deadline behind the library's timeout, ms. */
const DEADLINE_MARGIN_MS = 100;
/** The library counts transactions from 1 modulo 256. */
const TRANSACTIONS = 256;

/** A write that was held up for too long: nothing has left. */
export const NOT_BEGUN: ReadOutcome = { kind: 'closed', reason: 'held up until it must not begin any more' };

export interface ModbusLink {
  readonly isOpen: () => boolean;
  /** Writes when the span is a `WriteSpan`. */
  read(unit: number, span: Span, timeoutMs: number): Promise<ReadOutcome>;
  destroy(): void;
}

/** @throws Error with the reason in words when there is no connection within the deadline. */
export async function openLink(
  host: string,
  port: number,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<ModbusLink> {
  const socket = await openSocket(host, port, deadlineMs, signal);
  return createLink(socket);
}

function createLink(socket: Socket): ModbusLink {
  const client = new ModbusSerial.default();
  let requests = 0;
  let open = !socket.destroyed;
  let pending: { settle: (outcome: ReadOutcome) => void; received: Buffer; transaction: number; unit: number } | null =
    null;

  const destroy = (outcome: ReadOutcome = { kind: 'closed', reason: 'connection closed' }): void => {
    open = false;
    pending?.settle(outcome);
    client.destroy(() => undefined);
    socket.destroy();
  };

  // Before the library's own listener, so that the library never decides about bytes that were not looked at.
  socket.on('data', (bytes) => {
    if (pending === null) return destroy();
    pending.received = Buffer.concat([pending.received, bytes]);
    const verdict = checkAnswer(pending.received, pending);
    if (verdict.kind === 'fault') destroy({ kind: 'garbled', reason: verdict.reason });
  });
  socket.on('close', () => destroy({ kind: 'closed', reason: 'connection lost while waiting for the answer' }));
  client.on('error', () => destroy());
  void client.linkTCP(socket, { port: socket.remotePort ?? 0 }).catch(() => destroy());

  return {
    isOpen: () => open,
    destroy: () => destroy(),
    read(unit, span, timeoutMs) {
      if (!open) return Promise.resolve({ kind: 'closed', reason: 'not connected' });
      if (pending !== null) return Promise.reject(new Error('a Modbus connection carries one request at a time'));
      if (isWrite(span) && span.begin?.() === false) return Promise.resolve(NOT_BEGUN);
      return new Promise((resolve) => {
        const late = (): void => destroy({ kind: 'timeout', reason: `no answer within ${timeoutMs} ms` });
        const deadline = setTimeout(late, timeoutMs + DEADLINE_MARGIN_MS);
        pending = {
          received: Buffer.alloc(0),
          transaction: ++requests % TRANSACTIONS,
          unit,
          settle(outcome) {
            clearTimeout(deadline);
            pending = null;
            forgetTransactions(client);
            resolve(outcome);
          },
        };
        const mine = pending;
        client.setID(unit);
        client.setTimeout(timeoutMs);
        (isWrite(span) ? requestWrite(client, span) : request(client, span)).then(
          (outcome) => {
            if (pending !== mine) return;
            if (outcome.kind === 'garbled') destroy(outcome);
            else mine.settle(outcome);
          },
          (error: unknown) => {
            if (pending !== mine) return;
            const outcome = outcomeOf(error, timeoutMs);
            // An exception is a proper answer; everything else leaves bytes behind that nobody may trust.
            if (outcome.kind === 'exception') mine.settle(outcome);
            else destroy(outcome);
          },
        );
      });
    },
  };
}

/**
 * The library keeps each transaction, its closures and buffers, until its number comes again 256 requests later: some 100 kB
 * of every connection. Nothing of it is needed once a request is settled, as no other is under way.
 */
export function forgetTransactions(client: InstanceType<typeof ModbusSerial.default>): void {
  (client as unknown as { _transactions: object })._transactions = {};
}

async function request(client: InstanceType<typeof ModbusSerial.default>, span: Span): Promise<ReadOutcome> {
  const { area, address, count } = span;
  if (isBitArea(area)) {
    const bits = await (area === 'coil' ? client.readCoils(address, count) : client.readDiscreteInputs(address, count));
    if (bits.buffer.length !== Math.ceil(count / 8)) return wrongLength(bits.buffer.length, Math.ceil(count / 8));
    return { kind: 'answer', registers: bits.data.slice(0, count).map(Number) };
  }
  const words = await (area === 'holding'
    ? client.readHoldingRegisters(address, count)
    : client.readInputRegisters(address, count));
  if (words.data.length !== count || words.buffer.length !== count * 2)
    return wrongLength(words.buffer.length, count * 2);
  return { kind: 'answer', registers: words.data };
}

const wrongLength = (got: number, expected: number): ReadOutcome => ({
  kind: 'garbled',
  reason: `answer with ${got} data bytes instead of ${expected}`,
});

function outcomeOf(error: unknown, timeoutMs: number): ReadOutcome {
  const { modbusCode, errno, message } = error as { modbusCode?: number; errno?: string; message?: string };
  if (modbusCode !== undefined) return { kind: 'exception', code: modbusCode };
  if (errno === 'ETIMEDOUT') return { kind: 'timeout', reason: `no answer within ${timeoutMs} ms` };
  if (errno === 'ECONNREFUSED') return { kind: 'closed', reason: 'not connected' };
  return { kind: 'garbled', reason: message ?? String(error) };
}
