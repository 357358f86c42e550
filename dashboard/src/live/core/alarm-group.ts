// What stands together in a flood: alarms of the same kind in the same building most often have one cause. The server
// counts the groups of a flood in the same way.
import type { alarms } from '@louwei/server/contract';

export type Grouped = Pick<alarms.Alarm, 'place' | 'alarm'>;

export const groupKey = ({ place, alarm }: Grouped): string => `${place.site}\n${place.building}\n${alarm}`;
