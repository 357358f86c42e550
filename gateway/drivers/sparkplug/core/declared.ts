// The metrics of one device as its birth certificate declares them, found again by name or alias. Pure.
import type { Metric } from '../../../uplink/sparkplug/payload.ts';

export interface DeclaredMetric {
  readonly name: string;
  readonly alias: number | undefined;
  readonly datatype: number | undefined;
}

export interface Declared {
  readonly byName: ReadonlyMap<string, DeclaredMetric>;
  /** The topic names the device, so that a node that numbers each device by itself is understood, too. */
  readonly byAlias: ReadonlyMap<number, DeclaredMetric>;
}

export interface NamedMetric {
  readonly name: string;
  readonly datatype: number | undefined;
  readonly metric: Metric;
}

export function declaredIn(birth: readonly Metric[]): Declared {
  const byName = new Map<string, DeclaredMetric>();
  const byAlias = new Map<number, DeclaredMetric>();
  for (const { name, alias, datatype } of birth) {
    if (name === undefined) continue;
    const declared = { name, alias, datatype };
    byName.set(name, declared);
    if (alias !== undefined) byAlias.set(alias, declared);
  }
  return { byName, byAlias };
}

/** @returns undefined for a metric that no birth has declared. */
export function identified({ byName, byAlias }: Declared, metric: Metric): NamedMetric | undefined {
  const { name, alias } = metric;
  const found = name !== undefined ? byName.get(name) : alias === undefined ? undefined : byAlias.get(alias);
  return found === undefined ? undefined : { name: found.name, datatype: metric.datatype ?? found.datatype, metric };
}
