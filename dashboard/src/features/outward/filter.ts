// What a webhook tells of, as the form offers it: three sets of events instead of twenty names.
import type { alarms, outward } from '@louwei/server/contract';

type Event = outward.WebhookFilter['events'][number];

export const EVENT_CHOICES = ['all', 'main', 'raised'] as const;
export type EventChoice = (typeof EVENT_CHOICES)[number];

const RAISED: readonly Event[] = ['ACTIVE', 'RE-ACTIVE', 'RE-ALARM'];
const MAIN: readonly Event[] = [...RAISED, 'ACK', 'RTN', 'CLOSED', 'PRIORITY_CHANGED'];
const EVENTS: Readonly<Record<EventChoice, readonly Event[]>> = { all: [], main: MAIN, raised: RAISED };

export const eventsOf = (choice: EventChoice): Event[] => [...EVENTS[choice]];

/** undefined: a set that was made over the API. */
export const choiceOf = (events: readonly Event[]): EventChoice | undefined =>
  EVENT_CHOICES.find(
    (choice) => EVENTS[choice].length === events.length && EVENTS[choice].every((event) => events.includes(event)),
  );

export type Priority = alarms.Alarm['priority'];
export const PRIORITIES: readonly Priority[] = [1, 2, 3, 4];
