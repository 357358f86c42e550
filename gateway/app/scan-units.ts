// Asks units of one Modbus place whether they are there: one request at a time, with pauses, and only reads.
import { setTimeout as delay } from 'node:timers/promises';
import { createModbusBus } from '../drivers/modbus/bus.ts';
import { busOf, type ModbusConnection } from '../drivers/modbus/connection.ts';
import type { Bus } from '../polling/bus.ts';
import type { ReadOutcome } from '../polling/core/device-plan.ts';
import { AREAS, type Area } from '../polling/core/span.ts';
import { wordsOf } from '../polling/diagnosis.ts';

const CONNECT_MS = 3000;
/** Leaves room on the line for whoever else asks there. */
const PAUSE_MS = 50;

type Say = (line: string) => void;

/** `1-247`, `1,3,10-20`; null when it is something else. */
export function parseUnits(text: string): number[] | null {
  const units = new Set<number>();
  for (const part of text.split(',')) {
    const [, from, to = from] = /^(\d{1,3})(?:-(\d{1,3}))?$/.exec(part.trim()) ?? [];
    if (from === undefined || Number(from) < 1 || Number(to) > 247 || Number(from) > Number(to)) return null;
    for (let unit = Number(from); unit <= Number(to); unit++) units.add(unit);
  }
  return [...units].sort((a, b) => a - b);
}

type Asked = ReadOutcome | { readonly kind: 'unreachable'; readonly reason: string };

async function ask(bus: Bus, unit: number, area: Area, timeoutMs: number): Promise<Asked> {
  const connection = await bus.connect(CONNECT_MS);
  if (!connection.ok) return { kind: 'unreachable', reason: connection.reason };
  return bus.read(unit, { area, address: 0, count: 1 }, timeoutMs);
}

/** An exception is a sign of life, unless a gateway says with it that nobody is there (0A, 0B). */
const isThere = (asked: Asked): boolean =>
  asked.kind === 'answer' || (asked.kind === 'exception' && asked.code !== 0x0a && asked.code !== 0x0b);

export async function probe(connection: ModbusConnection, timeoutMs: number, say: Say): Promise<number> {
  const bus = createModbusBus(connection);
  let there = false;
  say(`${busOf(connection)} unit ${connection.unit}`);
  try {
    for (const area of AREAS.toReversed()) {
      const sentMs = performance.now();
      const asked = await ask(bus, connection.unit, area, timeoutMs);
      const tookMs = Math.round(performance.now() - sentMs);
      if (asked.kind === 'unreachable') {
        say(`  ${asked.reason}`);
        return 1;
      }
      there ||= isThere(asked);
      say(`  ${area} 0: ${asked.kind === 'answer' ? `${asked.registers[0]} (${tookMs} ms)` : wordsOf(asked)}`);
      await delay(PAUSE_MS);
    }
  } finally {
    bus.close();
  }
  say(there ? 'the unit answers' : 'the unit does not answer');
  return there ? 0 : 1;
}

export async function scan(
  connection: ModbusConnection,
  units: readonly number[],
  timeoutMs: number,
  say: Say,
): Promise<number> {
  const bus = createModbusBus(connection);
  const found: number[] = [];
  say(
    `${busOf(connection)}: asking ${units.length} units, at most ${Math.ceil((units.length * (timeoutMs + PAUSE_MS)) / 1000)} s`,
  );
  try {
    for (const unit of units) {
      const asked = await ask(bus, unit, 'holding', timeoutMs);
      if (asked.kind === 'unreachable') {
        say(`  ${asked.reason}`);
        return 1;
      }
      if (isThere(asked)) {
        found.push(unit);
        say(
          `  unit ${unit}: ${asked.kind === 'answer' ? `holding register 0 is ${asked.registers[0]}` : wordsOf(asked)}`,
        );
      } else if (asked.kind === 'garbled') say(`  unit ${unit}: ${asked.reason}`);
      await delay(PAUSE_MS);
    }
  } finally {
    bus.close();
  }
  say(found.length === 0 ? 'no unit answers' : `${found.length} of ${units.length} answer: ${found.join(', ')}`);
  return found.length === 0 ? 1 : 0;
}
