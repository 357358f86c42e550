// Runs tasks one after the other in the order they were given. Everything that changes alarm state (readings, timers,
// an operator's acknowledgement) goes through one such queue, so no two decisions are ever made on the same old state.

export interface SerialQueue {
  /** Settles as the task settles; a failed task does not stop the next one. */
  run<T>(task: () => Promise<T>): Promise<T>;
  /** Tasks waiting or running. */
  readonly length: number;
  /** Settles when everything given so far has settled. */
  idle(): Promise<void>;
}

export function createSerialQueue(): SerialQueue {
  let tail: Promise<unknown> = Promise.resolve();
  let length = 0;
  return {
    run<T>(task: () => Promise<T>): Promise<T> {
      length++;
      const result = tail.then(task).finally(() => {
        length--;
      });
      tail = result.catch(() => undefined);
      return result;
    },
    get length() {
      return length;
    },
    async idle() {
      await tail;
    },
  };
}
