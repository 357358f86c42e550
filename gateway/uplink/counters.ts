// What the uplink counts, for metrics, health and tests.
export interface Counters {
  /** Records handed to the connection, resent ones included. */
  sent: number;
  /** Of them, those of the backlog lane. */
  backlogSent: number;
  /** Times everything in flight was sent again. */
  resends: number;
  /** Sparkplug messages. */
  messages: number;
  births: number;
  connects: number;
  disconnects: number;
  watermarks: number;
  malformed: number;
  rebirthRequests: number;
  epochChanges: number;
}

export const createCounters = (): Counters => ({
  sent: 0,
  backlogSent: 0,
  resends: 0,
  messages: 0,
  births: 0,
  connects: 0,
  disconnects: 0,
  watermarks: 0,
  malformed: 0,
  rebirthRequests: 0,
  epochChanges: 0,
});
