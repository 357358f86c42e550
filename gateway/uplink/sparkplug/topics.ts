// Sparkplug B 3.0 topic names (specification chapter 4) and Louwei's one addition: the commit watermark.

/** Messages of an edge node or device: `spBv1.0/<group>/<type>/<node>[/<device>]`. */
export type SparkplugType = 'NBIRTH' | 'NDEATH' | 'NDATA' | 'NCMD' | 'DBIRTH' | 'DDEATH' | 'DDATA' | 'DCMD';

export interface SparkplugTopic {
  readonly group: string;
  readonly type: SparkplugType;
  readonly node: string;
  /** Absent for node messages. */
  readonly device?: string;
}

const NAMESPACE = 'spBv1.0';
const NODE_TYPES = new Set(['NBIRTH', 'NDEATH', 'NDATA', 'NCMD']);
const DEVICE_TYPES = new Set(['DBIRTH', 'DDEATH', 'DDATA', 'DCMD']);

/** A group, node or device name: no `/`, `+`, `#` (tck-id-topic-structure-namespace-valid-*), at most 64 characters. */
export const SPARKPLUG_NAME = /^[^/+#\p{Cc}]{1,64}$/u;

export const sparkplugTopic = (topic: SparkplugTopic): string =>
  [NAMESPACE, topic.group, topic.type, topic.node, ...(topic.device === undefined ? [] : [topic.device])].join('/');

/** @returns undefined for anything that is not a well-formed Sparkplug node or device topic. */
export function parseSparkplugTopic(text: string): SparkplugTopic | undefined {
  const [namespace, group, type, node, device, ...rest] = text.split('/');
  if (namespace !== NAMESPACE || !group || !type || !node || rest.length > 0) return undefined;
  if (device === undefined) return NODE_TYPES.has(type) ? { group, type: type as SparkplugType, node } : undefined;
  return DEVICE_TYPES.has(type) && device !== '' ? { group, type: type as SparkplugType, node, device } : undefined;
}

/**
 * Retained online/offline state of a host application (specification 5.4): `{"online": boolean, "timestamp": ms}`.
 * Louwei's server adds `"delivery": "louwei.delivery.1"`, which other products ignore: it will acknowledge by watermark.
 */
export const stateTopic = (hostId: string): string => `${NAMESPACE}/STATE/${hostId}`;

/**
 * Where the server publishes, retained, how far it has committed a node's stream: a {@link Watermark} in JSON.
 * It lies outside `spBv1.0/`, so other Sparkplug products never see it.
 */
export const watermarkTopic = (group: string, node: string): string => `louwei/watermark/${group}/${node}`;

/** Every record of `epoch` up to and including `seq` is in the database. */
export interface Watermark {
  readonly epoch: number;
  readonly seq: number;
}
