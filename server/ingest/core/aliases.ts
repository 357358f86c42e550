// Names of an edge node's metrics by alias, as its births declared them.
import type { MetricType } from '@louwei/gateway/sparkplug';

export interface Alias {
  /** Empty for a metric of the node itself. */
  readonly device: string;
  readonly name: string;
  readonly type: MetricType;
  readonly datatype: number | undefined;
}

export interface AliasTable {
  readonly byAlias: Map<number, Alias>;
  /** Born devices (and '' for the node) with their metrics by name. */
  readonly devices: Map<string, Map<string, Alias>>;
}

export const createAliasTable = (): AliasTable => ({ byAlias: new Map(), devices: new Map() });
