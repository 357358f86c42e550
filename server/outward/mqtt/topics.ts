// Topics of alarms on MQTT. The accounts of the embedded broker are judged by the same prefixes (ingest/core/acl.ts).
import type { Alarm } from '../../contract/alarms.ts';

/** A level holds no separator, no wildcard and is never empty (MQTT 3.1.1 4.7). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: U+0000 is what MQTT forbids
const level = (text: string): string => text.replace(/[/+#\u0000]/g, '_') || '_';

type Named = Pick<Alarm, 'place' | 'equipmentId' | 'alarm'>;

const below = (root: string, { place, equipmentId, alarm }: Named): string =>
  `${root}/${level(place.site)}/${level(equipmentId)}/${level(alarm)}`;

/** Retained while the alarm is open; an empty message clears it. */
export const stateTopic = (alarm: Named): string => below('louwei/alarms/v1', alarm);
/** Every transition, never retained. */
export const eventTopic = (alarm: Named): string => below('louwei/alarm-events/v1', alarm);
