import { defineConfig } from 'vitest/config';
import type { Reporter } from 'vitest/node';

/** The last line of a run in the plain form that any continuous integration reads. */
const closingLine: Reporter = {
  onTestRunEnd(modules) {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state]++;
      if (module.state() === 'failed' && module.errors().length > 0) count.failed++;
    }
    process.once('exit', () => {
      process.stdout.write(
        `${count.passed} passed, ${count.failed + count.pending} failed, ${count.skipped} skipped\n`,
      );
    });
  },
};

const ALL = '{device-profiles,gateway,server,dashboard,simulators}';
const IGNORED = ['**/node_modules/**', '**/dist/**'];

// Unit tests are instant and run in parallel. Tests with real parts (databases, brokers, whole products) mostly wait for
// delays, restarts and screens, so two at a time, on free ports and with folders of their own; more would only measure each other.
const PAIRS = 2;
export default defineConfig({
  test: {
    reporters: ['default', closingLine],
    projects: [
      {
        test: {
          name: 'unit',
          // Thousands of drawn histories take a second or two, and more where others use the machine.
          testTimeout: 20_000,
          include: [`${ALL}/**/*.test.{ts,tsx}`],
          exclude: [...IGNORED, '**/*.int.test.ts', 'simulators/e2e/**'],
        },
      },
      {
        test: {
          name: 'integration',
          include: [`${ALL}/**/*.int.test.ts`],
          exclude: [...IGNORED, 'simulators/e2e/**'],
          maxWorkers: PAIRS,
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['simulators/e2e/**/*.test.ts'],
          exclude: IGNORED,
          maxWorkers: PAIRS,
          sequence: { groupOrder: 2 },
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
