// Which activation an event spoke of. A client acknowledges an EventId; it stands for the occurrence and the activation
// that the client saw, so that an acknowledgement never covers a newer one.

export interface Spoken {
  readonly alarmId: string;
  readonly activationSeq: number;
}

export interface EventIds {
  remember(eventId: string, spoken: Spoken): void;
  /** undefined: never sent, or so long ago that it is forgotten; the client refreshes then. */
  find(eventId: string): Spoken | undefined;
}

/** @param most events remembered; the oldest are forgotten first */
export function createEventIds(most: number): EventIds {
  const known = new Map<string, Spoken>();
  return {
    remember(eventId, spoken) {
      known.delete(eventId);
      known.set(eventId, spoken);
      const oldest = known.size > most ? known.keys().next().value : undefined;
      if (oldest !== undefined) known.delete(oldest);
    },
    find: (eventId) => known.get(eventId),
  };
}
