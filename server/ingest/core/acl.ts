// Who may say and hear what on the broker. Everything not listed is refused.
import { parseSparkplugTopic, watermarkTopic } from '@louwei/gateway/sparkplug';

export type MqttPrincipal =
  | { readonly role: 'gateway'; readonly username: string; readonly group: string; readonly node: string }
  | { readonly role: 'server'; readonly username: string }
  /** A system above Louwei that hears of alarms and says nothing. */
  | { readonly role: 'reader'; readonly username: string };

const GATEWAY_MESSAGES: ReadonlySet<string> = new Set(['NBIRTH', 'NDEATH', 'NDATA', 'DBIRTH', 'DDEATH', 'DDATA']);
const COMMANDS: ReadonlySet<string> = new Set(['NCMD', 'DCMD']);
const STATE = 'spBv1.0/STATE/';
const WATERMARK = 'louwei/watermark/';
/** Published by `outward/mqtt`. */
const ALARMS = ['louwei/alarms/v1/', 'louwei/alarm-events/v1/'] as const;
const isOfAlarms = (topic: string): boolean =>
  ALARMS.some((root) => topic.startsWith(root) && topic.length > root.length);
const hasWildcard = (text: string): boolean => text.includes('+') || text.includes('#');

/** Also decides on wills. */
export function mayPublish(principal: MqttPrincipal, topic: string): boolean {
  if (hasWildcard(topic) || principal.role === 'reader') return false;
  const sparkplug = parseSparkplugTopic(topic);
  if (principal.role === 'server')
    return (
      (sparkplug !== undefined && COMMANDS.has(sparkplug.type)) ||
      (topic.startsWith(STATE) && topic.length > STATE.length) ||
      (topic.startsWith(WATERMARK) && topic.length > WATERMARK.length) ||
      isOfAlarms(topic)
    );
  return (
    sparkplug !== undefined &&
    GATEWAY_MESSAGES.has(sparkplug.type) &&
    sparkplug.group === principal.group &&
    sparkplug.node === principal.node
  );
}

export function maySubscribe(principal: MqttPrincipal, filter: string): boolean {
  if (principal.role === 'reader') return isOfAlarms(filter);
  if (principal.role === 'server')
    return filter === 'spBv1.0/#' || filter.startsWith('spBv1.0/') || filter.startsWith(WATERMARK);
  const { group, node } = principal;
  if (filter.startsWith(STATE)) return filter === `${STATE}#` || !filter.slice(STATE.length).includes('#');
  if (filter === `spBv1.0/${group}/NCMD/${node}` || filter === `spBv1.0/${group}/NCMD/${node}/#`) return true;
  if (filter === watermarkTopic(group, node)) return true;
  const devices = `spBv1.0/${group}/DCMD/${node}/`;
  return filter.startsWith(devices) && filter.length > devices.length;
}
