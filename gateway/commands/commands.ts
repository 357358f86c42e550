// Executes commands: admission, one write, read-back, and the outcome into the outbox, from where it cannot be lost.
import type { DeviceModel, EquipmentClass } from '@louwei/device-profiles';
import type { Logger } from 'pino';
import type { WriteOutcome } from '../drivers/port.ts';
import type { Reading, Sample } from '../points/reading.ts';
import { outcomeText } from '../uplink/sparkplug/command.ts';
import { COMMAND_OUTCOME_POINT } from '../uplink/sparkplug/names.ts';
import { admit, type CommandRequest, conclude, noAdmissions, type Outcome } from './core/admission.ts';
import { onReading, onTimeUp, outcomeOfWrite, type ReadBack } from './core/read-back.ts';

interface CommandedDevice {
  readonly id: string;
  readonly model: DeviceModel;
  readonly class: EquipmentClass;
}

export interface CommandsOptions {
  readonly devices: readonly CommandedDevice[];
  readonly enabled: boolean;
  /** All points of a device as they are now. */
  readonly current: (device: string) => readonly Sample[];
  readonly write: (device: string, point: string, value: number, mayStart: () => boolean) => Promise<WriteOutcome>;
  /** The outbox. */
  readonly report: (sample: Sample) => void;
  readonly now: () => number;
  readonly log: Logger;
}

export interface Commands {
  /** Never throws; the answer goes to the outbox. */
  receive(request: CommandRequest): void;
  /** What the drivers read, good or bad. */
  readings(device: string, readings: readonly Reading[]): void;
  /** These devices from now on; what is under way is concluded as it began. */
  update(devices: readonly CommandedDevice[], enabled: boolean): void;
  /** What is under way ends as unknown. */
  stop(): void;
}

/** Above any deadline of a driver; a driver that breaks its promise must not hold the device for ever. */
const WRITE_DEADLINE_MS = 20_000;

interface Running {
  readonly request: CommandRequest;
  /** Readings before the driver's answer may be from after the write, when the answer was lost. */
  readonly early: Reading[];
  readBack: ReadBack | null;
  timer: NodeJS.Timeout | undefined;
}

export function createCommands(options: CommandsOptions): Commands {
  const { now, log } = options;
  let devices = new Map(options.devices.map((device) => [device.id, device]));
  let { enabled } = options;
  const running = new Map<string, Running>();
  let admissions = noAdmissions(now());

  function currentValue(device: string, point: string): number | null {
    const sample = options.current(device).find((one) => one.point === point);
    if (sample === undefined || sample.quality !== 'good' || sample.value === null) return null;
    const value = Number(sample.value);
    return Number.isFinite(value) ? value : null;
  }

  function report(request: CommandRequest, outcome: Outcome): void {
    options.report({
      device: request.device,
      point: COMMAND_OUTCOME_POINT,
      value: outcomeText({ id: request.id, ...outcome }),
      quality: 'good',
      gatewayTimeMs: now(),
    });
  }

  function finish(entry: Running, outcome: Outcome): void {
    const { request } = entry;
    if (running.get(request.device) !== entry) return;
    running.delete(request.device);
    clearTimeout(entry.timer);
    admissions = conclude(admissions, request.id, outcome);
    log.info({ command: request.id, device: request.device, point: request.point, ...outcome }, 'command ended');
    report(request, outcome);
  }

  async function execute(request: CommandRequest, rule: ReadBack['rule']): Promise<void> {
    const entry: Running = { request, early: [], readBack: null, timer: undefined };
    running.set(request.device, entry);
    const writtenAtMs = now();
    const { device, point, value } = request;
    log.info({ command: request.id, device, point, value }, 'command is written');
    const write = await Promise.race([
      options
        .write(device, point, value, () => now() < request.expiresAtMs)
        .catch(
          (error: unknown): WriteOutcome => ({
            kind: 'unanswered',
            reason: error instanceof Error ? error.message : String(error),
          }),
        ),
      new Promise<WriteOutcome>((resolve) => {
        entry.timer = setTimeout(
          () => resolve({ kind: 'unanswered', reason: 'the driver did not answer' }),
          WRITE_DEADLINE_MS,
        );
      }),
    ]);
    clearTimeout(entry.timer);
    if (running.get(device) !== entry) return;
    const decided = outcomeOfWrite(write);
    if (decided !== null) {
      finish(entry, decided);
      return;
    }
    // Read before the answer says nothing of a write that was answered.
    const since = write.kind === 'written' ? now() : writtenAtMs;
    entry.readBack = { rule, value, writtenAtMs: since, write, seen: null };
    entry.timer = setTimeout(() => {
      if (entry.readBack !== null) finish(entry, onTimeUp(entry.readBack));
    }, rule.readBack.withinS * 1000);
    take(entry, entry.early);
  }

  function take(entry: Running, readings: readonly Reading[]): void {
    for (const reading of readings) {
      if (entry.readBack === null) {
        entry.early.push(reading);
        continue;
      }
      const step = onReading(entry.readBack, reading);
      entry.readBack = step.state;
      if (step.outcome !== null) {
        finish(entry, step.outcome);
        return;
      }
    }
  }

  return {
    receive(request) {
      const device = devices.get(request.device);
      const decided = admit(admissions, request, {
        nowMs: now(),
        enabled,
        device,
        current: (point) => currentValue(request.device, point),
      });
      admissions = decided.admissions;
      const { admission } = decided;
      if (admission.kind === 'execute') void execute(request, admission.rule);
      else if (admission.kind === 'answer') {
        log.info({ command: request.id, device: request.device, ...admission.outcome }, 'command answered');
        report(request, admission.outcome);
      }
    },
    readings(device, readings) {
      const entry = running.get(device);
      if (entry !== undefined) take(entry, readings);
    },
    update(next, permitted) {
      devices = new Map(next.map((device) => [device.id, device]));
      enabled = permitted;
    },
    stop() {
      for (const entry of [...running.values()])
        finish(entry, {
          state: 'unknown',
          code: 'stopped',
          reason: 'the gateway was stopped before the command was read back',
        });
    },
  };
}
