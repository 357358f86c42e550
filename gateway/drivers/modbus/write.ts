// One value to a coil or holding registers: FC 05 for a coil, FC 06 for one register, FC 16 for several
// (Modbus Application Protocol V1.1b3, 6.5, 6.6, 6.12).
import { encodeRegisters, type ModbusModel, pointSpans } from '@louwei/device-profiles';
import type ModbusSerial from 'modbus-serial';
import type { Bus } from '../../polling/bus.ts';
import type { ReadOutcome } from '../../polling/core/device-plan.ts';
import { TOO_LATE, type WriteOutcome } from '../port.ts';
import type { WriteSpan } from './core/rtu-write.ts';

/** @returns the answer as the connection's owner wants it; the echo is checked. */
export async function requestWrite(
  client: InstanceType<typeof ModbusSerial.default>,
  { area, address, words }: WriteSpan,
): Promise<ReadOutcome> {
  const [first = 0] = words;
  if (area === 'coil') {
    const echo = await client.writeCoil(address, first !== 0);
    return echoed(echo.address === address && echo.state === (first !== 0));
  }
  if (words.length === 1) {
    const echo = await client.writeRegister(address, first);
    return echoed(echo.address === address && echo.value === first);
  }
  const echo = await client.writeRegisters(address, [...words]);
  return echoed(echo.address === address && echo.length === words.length);
}

const echoed = (right: boolean): ReadOutcome =>
  right ? { kind: 'answer', registers: [] } : { kind: 'garbled', reason: 'the device echoes another write' };

/** Lets one call at a time through, in the order they came: a write goes between two reads of the bus. */
export function createTurnstile(): <T>(call: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (call) => {
    const own = last.then(call);
    last = own.catch(() => undefined);
    return own;
  };
}

const CONNECT_MS = 3_000;

interface PointWrite {
  readonly point: string;
  readonly value: number;
  readonly mayStart: () => boolean;
}

export async function writePoint(
  bus: Bus,
  unit: number,
  model: ModbusModel,
  { point: name, value, mayStart }: PointWrite,
): Promise<WriteOutcome> {
  const point = model.points[name];
  const span = point === undefined ? undefined : pointSpans(model, point)[0];
  if (point === undefined || span === undefined || (span.area !== 'coil' && span.area !== 'holding'))
    return { kind: 'not-sent', reason: `${name} is no coil and no holding register` };
  let asked = false;
  let begun = false;
  // In the line's queue, behind a line that has to fall silent, the time of a command may run out.
  const begin = (): boolean => {
    asked = true;
    begun = mayStart();
    return begun;
  };
  const write: WriteSpan = { ...span, words: encodeRegisters(point, model.modbus.wordOrder, value), begin };
  const connection = await bus.connect(CONNECT_MS);
  if (!connection.ok) return { kind: 'not-sent', reason: connection.reason };
  const outcome = await bus.read(unit, write, model.modbus.timeoutMs);
  if (begun) return toWriteOutcome(outcome);
  if (asked) return TOO_LATE;
  return { kind: 'not-sent', reason: 'reason' in outcome ? outcome.reason : 'the line refused it' };
}

/** 05: taken, takes longer; 0A, 0B: said by a gateway in front of the device, which may have heard it all the same. */
const UNDECIDED: ReadonlySet<number> = new Set([0x05, 0x0a, 0x0b]);

function toWriteOutcome(outcome: ReadOutcome): WriteOutcome {
  if (outcome.kind === 'answer') return { kind: 'written' };
  if (outcome.kind !== 'exception') return { kind: 'unanswered', reason: outcome.reason };
  const reason = `exception ${outcome.code.toString(16).toUpperCase().padStart(2, '0')}`;
  return UNDECIDED.has(outcome.code) ? { kind: 'unanswered', reason } : { kind: 'refused', reason };
}
