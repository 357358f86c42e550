// sent -> trial -> in-force, or refused, or rolled-back: what a gateway's report makes of the versions it was given, and
// which version it has to be given again.
import type { ConfigurationState } from '@louwei/gateway/sparkplug';
import type { ConfigurationStateName } from '../../contract/commissioning.ts';

export interface Version {
  readonly version: number;
  readonly state: ConfigurationStateName;
}

export interface VersionChange {
  readonly version: number;
  readonly state: ConfigurationStateName;
  readonly detail: string | null;
}

export const OPEN_STATES: readonly ConfigurationStateName[] = ['sent', 'trial'];
const NEVER_AGAIN: readonly ConfigurationStateName[] = ['refused', 'rolled-back'];

/** The version the gateway has to run: the newest that was not refused or taken back. */
export const desiredOf = <T extends Version>(versions: readonly T[]): T | undefined =>
  versions
    .filter(({ state }) => !NEVER_AGAIN.includes(state))
    .reduce<T | undefined>(
      (newest, one) => (newest === undefined || one.version > newest.version ? one : newest),
      undefined,
    );

/** Version numbers are never used twice, not even those only the gateway still knows. */
export const nextVersion = (versions: readonly Version[], report: ConfigurationState | undefined): number =>
  1 + Math.max(0, ...versions.map(({ version }) => version), report?.version ?? 0, report?.rolledBack?.version ?? 0);

/** What the gateway's report changes. A version that ended stays as it ended, unless the gateway runs it nevertheless. */
export function changesOf(versions: readonly Version[], report: ConfigurationState): VersionChange[] {
  const changes: VersionChange[] = [];
  for (const { version, state } of versions) {
    const told = stateOf(version, report);
    if (told !== undefined && told.state !== state) changes.push(told);
    else if (told === undefined && version < report.version && OPEN_STATES.includes(state))
      changes.push({ version, state: 'refused', detail: `version ${report.version} came before it was taken` });
  }
  return changes;
}

function stateOf(
  version: number,
  { version: running, trial, rolledBack }: ConfigurationState,
): VersionChange | undefined {
  if (version === running) return { version, state: trial ? 'trial' : 'in-force', detail: null };
  if (version === rolledBack?.version) return { version, state: 'rolled-back', detail: rolledBack.reason };
  return undefined;
}

/** The desired version is given again when the gateway runs an older one and has not taken it back. */
export const isDue = (desired: Version | undefined, report: ConfigurationState): desired is Version =>
  desired !== undefined && report.version < desired.version && (report.rolledBack?.version ?? 0) < desired.version;
