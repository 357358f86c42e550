import { defineConfig } from 'vitest/config';

// Unit tests are instant and run in parallel; tests with real parts (databases, brokers, whole products) take turns,
// because two cores shared by many of them would only measure each other.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{device-profiles,gateway,server,dashboard,simulators}/**/*.test.{ts,tsx}'],
          exclude: ['**/node_modules/**', '**/*.int.test.ts', 'simulators/e2e/**'],
        },
      },
      {
        test: {
          name: 'integration',
          include: ['{device-profiles,gateway,server,dashboard,simulators}/**/*.int.test.ts'],
          exclude: ['**/node_modules/**', 'simulators/e2e/**'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['simulators/e2e/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
