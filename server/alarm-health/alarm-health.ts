// Health of the alarm system put together: operating positions, the live flood monitor, figures and reports.
import type { EquipmentClass } from '@louwei/device-profiles';
import type { Registry } from 'prom-client';
import { definitionsOf } from '../alarms/core/definition.ts';
import type { EquipmentDirectory } from '../assets/directory.ts';
import type { AlarmFlood } from '../contract/alarm-health.ts';
import type { Db } from '../migrations/tables.ts';
import type { AnyRoute } from '../platform/http/route.ts';
import type { TelemetryStore } from '../telemetry/store.ts';
import { createFloodMonitor } from './flood-monitor.ts';
import { createNoiseMeter } from './noise.ts';
import { createPositions } from './positions.ts';
import { healthRoutes } from './routes.ts';

export interface AlarmHealthOptions {
  readonly db: Db;
  readonly directory: EquipmentDirectory;
  readonly library: { readonly classes: ReadonlyMap<string, EquipmentClass> };
  readonly store: Pick<TelemetryStore, 'history'>;
  /** Tells when committed transitions may be in the journal. */
  readonly alarms: { onChange(listener: () => void): void };
  readonly now: () => number;
  readonly log: { error(fields: object, message: string): void };
  readonly metrics?: Registry;
}

export interface AlarmHealthPart {
  readonly routes: readonly AnyRoute[];
  /** After the register and the alarms have started. */
  start(): Promise<void>;
  stop(): Promise<void>;
  openFloods(): AlarmFlood[];
  /** A flood that ended comes a last time with its end. */
  onFloods(listener: (floods: readonly AlarmFlood[]) => void): void;
  /** The server's wall clock was set by so much, and `now` has followed. */
  clockSet(stepMs: number): void;
  /** Reads the journal now instead of soon. */
  catchUp(): Promise<void>;
}

export function createAlarmHealth(options: AlarmHealthOptions): AlarmHealthPart {
  const { db, directory, library, store, alarms, now, log, metrics } = options;
  const positions = createPositions(db, directory, now);
  const monitor = createFloodMonitor({ db, directory, positions, now, log, metrics });
  const definitions = new Map(
    [...library.classes].map(([name, described]) => [
      name,
      new Map(definitionsOf(described).map((one) => [one.alarm, one])),
    ]),
  );
  const definition = (equipmentId: string, alarm: string) =>
    definitions.get(directory.equipment(equipmentId)?.class ?? '')?.get(alarm);
  const noise = createNoiseMeter(db, store, directory);
  return {
    routes: [...positions.routes, ...healthRoutes({ db, directory, positions, now, noise, definition })],
    async start() {
      await positions.load();
      await monitor.start();
      alarms.onChange(monitor.notice);
    },
    stop: monitor.stop,
    openFloods: monitor.open,
    onFloods: monitor.onChange,
    clockSet: monitor.clockSet,
    catchUp: monitor.catchUp,
  };
}
