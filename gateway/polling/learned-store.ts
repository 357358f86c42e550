// Where a runner keeps what its devices have shown, so that a restart does not ask for the same refusals again.
import type { Learned } from './core/learned.ts';

export interface LearnedStore {
  /** What is known of the device as its model is now. */
  load(deviceId: string): Learned;
  /** Never throws: what cannot be kept is learned again. */
  save(deviceId: string, learned: Learned): void;
}
