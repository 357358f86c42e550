// The configuration that runs: the file's, with the devices the host gave in place of the file's when there are some.
import type { LoadedLibrary } from '@louwei/device-profiles';
import type { DriverDefinition } from '../drivers/port.ts';
import { type History, rollBack } from '../management/core/history.ts';
import type { GatewayConfig } from './config.ts';
import { parseDevices } from './devices.ts';

interface Effective {
  readonly config: GatewayConfig;
  /** Without what cannot be used any more: a model that is gone must not keep the gateway from its other work. */
  readonly history: History;
}

export function effectiveConfig(
  file: GatewayConfig,
  history: History,
  library: LoadedLibrary,
  drivers: readonly DriverDefinition[],
): Effective {
  if (history.current === null) return { config: file, history };
  const { devices: entries } = history.current;
  const parsed = parseDevices(entries, library, drivers);
  if (parsed.ok) return { config: { ...file, devices: parsed.devices, entries }, history };
  const [first] = parsed.problems;
  return effectiveConfig(
    file,
    rollBack(history, `it cannot be used any more: ${first?.path}: ${first?.message}`),
    library,
    drivers,
  );
}

const START_ONLY: readonly [string, (config: GatewayConfig) => unknown][] = [
  ['gateway', ({ gateway }) => gateway],
  ['group', ({ group }) => group],
  ['hostId', ({ hostId }) => hostId],
  ['dataDir', ({ dataDir }) => dataDir],
  ['uplink', ({ broker, delivery }) => [broker, delivery]],
  ['health', ({ healthPort }) => healthPort],
  ['outbox', ({ outbox }) => [outbox.maxRecords, String(outbox.maxBytes)]],
];

/** Blocks of the file that differ and take effect at the next start only. */
export const startOnlyChanges = (before: GatewayConfig, after: GatewayConfig): string[] =>
  START_ONLY.flatMap(([name, of]) => (JSON.stringify(of(before)) === JSON.stringify(of(after)) ? [] : [name]));
