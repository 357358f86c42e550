// The configuration of a running gateway: read again from the file, or given by the host on trial and taken back when
// the host cannot be reached with it.
import { ConfigurationError, formatProblem } from '@louwei/device-profiles';
import type { Logger } from 'pino';
import type { DriverDefinition } from '../drivers/port.ts';
import { confirm, give, type History, rollBack, stateOf, versionOf } from '../management/core/history.ts';
import { withSecrets } from '../management/methods.ts';
import { Refused } from '../management/requests.ts';
import { readHistory, writeHistory } from '../management/store.ts';
import { startTrial, TRIAL, type Trial, type TrialLimits } from '../management/trial.ts';
import type { ConfigurationState, RequestCall } from '../uplink/sparkplug/request.ts';
import { type GatewayConfig, readConfig } from './config.ts';
import { isNothing, type ReloadPlan } from './core/reload-plan.ts';
import { parseDevices } from './devices.ts';
import { effectiveConfig, startOnlyChanges } from './effective-config.ts';
import type { Gateway } from './gateway.ts';
import type { Libraries } from './library-apart.ts';

export interface ConfigurationStats {
  readonly version: number;
  readonly trial: boolean;
  /** New configurations taken over, by file or by the host. */
  readonly applied: number;
  /** Files and requests that were refused. */
  readonly refused: number;
  readonly rolledBack: number;
}

export interface Configuration {
  /** What runs now. */
  readonly running: GatewayConfig;
  readonly version: number;
  /** The file again; a faulty one is refused in the log, and what runs goes on. Never rejects. */
  readFile(): Promise<void>;
  /** @throws Refused, with what is wrong. */
  configure(call: Extract<RequestCall, { method: 'configure' }>): Promise<ConfigurationState>;
  /** The process runs: one that is on trial has to prove itself. */
  started(): void;
  stop(): void;
  stats(): ConfigurationStats;
}

export interface ConfigurationOptions {
  readonly path: string;
  readonly drivers: readonly DriverDefinition[];
  readonly file: GatewayConfig;
  /** As `running` came about, already on disk. */
  readonly history: History;
  readonly running: GatewayConfig;
  readonly gateway: Pick<Gateway, 'apply' | 'status' | 'uplink'>;
  readonly libraries: Libraries;
  readonly log: Logger;
  readonly trial?: TrialLimits;
}

export function createConfiguration(options: ConfigurationOptions): Configuration {
  const { path, drivers, gateway, log } = options;
  const { dataDir } = options.file;
  let { file, history, running } = options;
  let trial: Trial | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let applied = 0;
  let refused = 0;
  let rolledBack = 0;

  /** One change at a time. */
  function inTurn<Result>(change: () => Promise<Result>): Promise<Result> {
    const done = last.then(change);
    last = done.catch(() => undefined);
    return done;
  }

  async function run(next: GatewayConfig, why: string): Promise<void> {
    const plan = await gateway.apply(next);
    running = { ...next, dataDir };
    applied++;
    tell(plan, why);
  }

  function tell(plan: ReloadPlan, why: string): void {
    const { added, removed, changed, unchanged, lines } = plan;
    if (isNothing(plan)) log.info({ why }, 'configuration read: no device has changed');
    else log.info({ why, added, removed, changed, unchanged: unchanged.length, lines }, 'configuration taken over');
  }

  const show = (): void => gateway.uplink.configuration(JSON.stringify(stateOf(history)));

  async function takeFile(): Promise<void> {
    try {
      const library = await options.libraries.fresh();
      const next = readConfig(path, drivers, library);
      for (const name of startOnlyChanges(file, next)) log.warn(`${name}: takes effect at the next start`);
      // Somebody may have gone back to the file by command meanwhile; never while one is on trial.
      const onDisk = trial === undefined ? readHistory(dataDir, () => undefined) : history;
      const effective = effectiveConfig(next, onDisk, library, drivers);
      await run(effective.config, `file ${path}`);
      file = next;
      if (effective.history === onDisk) history = onDisk;
      else decide(effective.history);
      if (history.current !== null)
        log.info(
          { version: versionOf(history) },
          `the devices are those of version ${versionOf(history)} of the host, not of the file; to go back: npm run gateway -- config --config ${path} --reset`,
        );
      show();
    } catch (error) {
      refused++;
      const lines = error instanceof ConfigurationError ? error.problems.map(formatProblem) : [String(error)];
      for (const problem of lines) log.error({ problem }, 'configuration refused; the running one goes on');
    }
  }

  async function take({
    version,
    devices,
  }: Extract<RequestCall, { method: 'configure' }>): Promise<ConfigurationState> {
    if (trial !== undefined)
      throw new Refused('busy', `version ${versionOf(history)} is still on trial; try again soon`);
    if (version <= versionOf(history))
      throw new Refused('stale-version', `version ${versionOf(history)} runs, version ${version} is not newer`);
    const entries = withSecrets(devices, running.entries, drivers);
    const parsed = parseDevices(entries, await options.libraries.kept(), drivers);
    if (!parsed.ok) throw new Refused('invalid', `${parsed.problems.length} faults`, parsed.problems);
    const before = history;
    keep(give(history, version, entries));
    try {
      await run({ ...file, devices: parsed.devices, entries }, `version ${version} of the host`);
    } catch (error) {
      decide({ ...before, rolledBack: { version, reason: String(error) } });
      show();
      throw new Refused('failed', `it could not be taken over: ${String(error)}`);
    }
    beginTrial();
    show();
    return stateOf(history);
  }

  /** @throws Refused when the disk does not take it. */
  function keep(next: History): void {
    try {
      writeHistory(dataDir, next);
    } catch (error) {
      throw new Refused('failed', `the configuration cannot be kept in ${dataDir}: ${String(error)}`);
    }
    history = next;
  }

  /** The disk may lag behind what is decided: the next start tries once more. */
  function decide(next: History): void {
    try {
      keep(next);
    } catch (error) {
      log.error({ error: String(error) }, 'what became of the configuration could not be written');
      history = next;
    }
  }

  function beginTrial(): void {
    trial = startTrial(
      () => gateway.status().uplink,
      options.trial ?? TRIAL,
      (reached) => {
        trial = undefined;
        void inTurn(() => conclude(reached));
      },
    );
  }

  async function conclude(reached: boolean): Promise<void> {
    if (history.trial === null) return;
    const version = versionOf(history);
    if (reached) {
      decide(confirm(history));
      log.info({ version }, 'the configuration of the host stays: the host was reached with it');
    } else {
      const { withinMs } = options.trial ?? TRIAL;
      await takeBack(version, `the host was not reached within ${withinMs / 1000} s`);
    }
    show();
  }

  async function takeBack(version: number, reason: string): Promise<void> {
    log.warn({ version, reason }, 'the configuration of the host is taken back');
    rolledBack++;
    const back = rollBack(history, reason);
    decide(back);
    try {
      const effective = effectiveConfig(file, back, await options.libraries.kept(), drivers);
      if (effective.history !== back) decide(effective.history);
      await run(effective.config, `back from version ${version}`);
    } catch (error) {
      log.error({ error: String(error) }, 'what ran before could not be taken up again; it will be at the next start');
    }
  }

  return {
    get running() {
      return running;
    },
    get version() {
      return versionOf(history);
    },
    readFile: () => inTurn(takeFile),
    configure: (call) =>
      inTurn(() => take(call)).catch((error: unknown) => {
        refused++;
        throw error;
      }),
    started() {
      if (history.trial !== null) beginTrial();
    },
    stop() {
      trial?.stop();
    },
    stats: () => ({ version: versionOf(history), trial: history.trial !== null, applied, refused, rolledBack }),
  };
}
