// What a site tells its alarms: where its clock and its holidays are, and how soon an alarm must be acknowledged.

export interface Site {
  /** IANA name of the zone in which schedules are written. */
  readonly timeZone: string;
  /** Local dates, `YYYY-MM-DD`. */
  readonly holidays: readonly string[];
  /** Minutes from the announcement, by priority. */
  readonly acknowledgeWithinMin: Readonly<Record<number, number>>;
}

export const DEFAULT_SITE: Site = {
  timeZone: 'UTC',
  holidays: [],
  acknowledgeWithinMin: { 1: 5, 2: 15, 3: 60, 4: 480 },
};
