// Asks a live device what tells the models apart, politely, and says what it may be.
import { setTimeout as pause } from 'node:timers/promises';
import type { EquipmentClass } from '../schema/class.ts';
import type { DeviceModel, ModbusModel } from '../schema/model.ts';
import { type Candidate, rank } from './core/rank.ts';
import { type Answer, type Block, type Survey, survey } from './core/survey.ts';
import { createModbusReader, type ModbusReader, type Target } from './modbus-reader.ts';

export interface Identification {
  readonly survey: Survey;
  readonly candidates: readonly Candidate[];
}

/** Why nothing could be read: where, what happened, what to check. */
export class UnreachableError extends Error {}

/** Acknowledge and busy: the device wants to be asked again. */
const AGAIN = new Set([5, 6]);
/** A gateway says that the unit behind it does not answer. */
const NO_UNIT = new Set([10, 11]);
const MOST_ATTEMPTS = 4;
const BUSY_PAUSE_MS = 250;
const MOST_SILENT = 3;

/**
 * @param pauseMs between two requests, for devices that need it
 * @throws UnreachableError when there is no connection, or no answer under the unit.
 */
export async function identify(
  target: Target,
  library: { classes: ReadonlyMap<string, EquipmentClass>; models: ReadonlyMap<string, DeviceModel> },
  wanted: readonly Block[] = [],
  pauseMs = 0,
): Promise<Identification> {
  const models = [...library.models.values()].filter((model): model is ModbusModel => model.protocol === 'modbus');
  const reader = createModbusReader(target);
  try {
    const steps = survey(models, wanted);
    let step = steps.next();
    let silentInRow = 0;
    while (step.done !== true) {
      const answer = await ask(reader, step.value, target);
      silentInRow = 'silent' in answer ? silentInRow + 1 : 0;
      if (silentInRow >= MOST_SILENT)
        throw unreachable(target, `no answer within ${target.timeoutMs} ms, ${MOST_SILENT} times`);
      if (pauseMs > 0) await pause(pauseMs);
      step = steps.next(answer);
    }
    return { survey: step.value, candidates: rank(models, library.classes, step.value) };
  } finally {
    reader.close();
  }
}

async function ask(reader: ModbusReader, block: Block, target: Target): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    let answer: Answer;
    try {
      answer = await reader.read(block);
    } catch (error) {
      throw unreachable(target, error instanceof Error ? error.message : String(error));
    }
    if (!('exception' in answer)) return answer;
    if (NO_UNIT.has(answer.exception))
      throw unreachable(
        target,
        `the gateway there says that unit ${target.unit} does not answer (exception ${answer.exception})`,
      );
    if (!AGAIN.has(answer.exception)) return answer;
    if (attempt === MOST_ATTEMPTS)
      throw unreachable(target, `the device is busy (exception ${answer.exception}), ${attempt} times`);
    await pause(BUSY_PAUSE_MS * attempt);
  }
}

const unreachable = ({ host, port, unit }: Target, reason: string): UnreachableError =>
  new UnreachableError(
    `${host}:${port}, unit ${unit}: ${reason}; check the address and port (mostly 502), the unit on the device's display or DIP switches (1-247), the cable and the serial settings behind a gateway, and that no other master holds the only connection`,
  );
