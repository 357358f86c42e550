// What was started is stopped in reverse order, each part by name, and one that fails does not keep the others running.
import type { Logger } from '../platform/log.ts';

export interface Cleanups {
  add(name: string, stop: () => Promise<void> | void): void;
  run(log: Logger | undefined): Promise<void>;
}

export function createCleanups(): Cleanups {
  const stack: { name: string; stop: () => Promise<void> | void }[] = [];
  return {
    add: (name, stop) => void stack.push({ name, stop }),
    async run(log) {
      for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
        try {
          await top.stop();
        } catch (error) {
          log?.error({ err: error, part: top.name }, 'could not stop');
        }
      }
    },
  };
}
