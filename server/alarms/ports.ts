// What the alarm engine needs of logging and measuring; pino and prom-client fit.

export interface AlarmLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface AlarmMetrics {
  /** Counter with the label `event`. */
  readonly transitions: { inc(labels: { event: string }): void };
  /** Gauge of open occurrences. */
  readonly open: { set(count: number): void };
}
