// What a subscription wants to hear of. An empty list means all.
import type { OutwardEvent, WebhookFilter } from '../../../contract/outward.ts';

const allows = <T>(list: readonly T[], value: T | null | undefined): boolean =>
  list.length === 0 || (value !== null && value !== undefined && list.includes(value));

export const isWanted = (filter: WebhookFilter, { event, alarm, equipmentClass }: OutwardEvent): boolean =>
  event !== 'TEST' &&
  allows(filter.events, event) &&
  allows(filter.priorities, alarm?.priority) &&
  allows(filter.sites, alarm?.place.site) &&
  allows(filter.classes, equipmentClass);
