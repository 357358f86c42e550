// Order of readings: (epoch, seq) of the gateway's stream, never a clock.

export interface Position {
  readonly epoch: number;
  readonly seq: number;
}

export const isNewer = (a: Position, b: Position): boolean =>
  a.epoch > b.epoch || (a.epoch === b.epoch && a.seq > b.seq);
