// The import table is enforced: one planted violation of each rule, and the check has to refuse exactly that rule.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT, temporaryFolder } from './product.ts';

/** Rule, file to plant, its content. Imports name files that exist in the product. */
const VIOLATIONS: readonly [rule: string, file: string, content: string][] = [
  ['device-profiles-imports', 'device-profiles/planted.ts', "import '../gateway/points/reading.ts';"],
  ['gateway-imports', 'gateway/planted.ts', "import '../server/contract/shared.ts';"],
  ['server-imports', 'server/ingest/planted.ts', "import '../../gateway/points/reading.ts';"],
  ['dashboard-imports', 'dashboard/src/planted.ts', "import '../../device-profiles/index.ts';"],
  ['simulators-imports', 'simulators/planted.ts', "import '../server/contract/shared.ts';"],
  ['wire-only-where-gateways-are-spoken-to', 'server/assets/planted.ts', "import '@louwei/gateway/sparkplug';"],
  ['e2e-only-over-the-network', 'simulators/e2e/planted.ts', "import '../../server/contract/shared.ts';"],
  ['core-is-pure', 'server/alarms/core/planted.ts', "import 'node:fs';"],
  ['core-packages', 'server/alarms/core/planted.ts', "import 'pino';"],
  ['core-imports-core', 'server/alarms/core/planted.ts', "import '../../platform/serial-queue.ts';"],
  ['platform-knows-no-domain', 'server/platform/planted.ts', "import '../assets/directory.ts';"],
  ['drivers-do-not-know-each-other', 'gateway/drivers/modbus/planted.ts', "import '../mqtt/planted.ts';"],
  ['stores-do-not-know-each-other', 'server/telemetry/stores/postgres/planted.ts', "import '../influx/planted.ts';"],
  ['channels-do-not-know-each-other', 'server/outward/mqtt/planted.ts', "import '../webhook/planted.ts';"],
  ['only-app-wires', 'server/assets/planted.ts', "import '../app/config.ts';"],
  ['no-cycles', 'server/assets/planted.ts', "import './planted-too.ts';"],
  ['no-unresolved', 'server/assets/planted.ts', "import './nowhere.ts';"],
  ['no-undeclared-package', 'server/assets/planted.ts', "import 'react';"],
];

/** What the planted files import or are imported by. */
const COMPANIONS: readonly [file: string, content: string][] = [
  ['gateway/drivers/mqtt/planted.ts', 'export {};'],
  ['server/telemetry/stores/influx/planted.ts', 'export {};'],
  ['server/outward/webhook/planted.ts', 'export {};'],
  ['server/assets/planted-too.ts', "import './planted.ts';"],
];

const folder = temporaryFolder();
const SOURCES = ['device-profiles', 'gateway', 'server', 'dashboard', 'simulators'];

beforeAll(() => {
  for (const name of [...SOURCES, 'package.json', 'tsconfig.json', '.dependency-cruiser.mjs']) {
    cpSync(join(ROOT, name), join(folder.path, name), {
      recursive: true,
      filter: (path) => !/\/(node_modules|dist|data)$/.test(path),
    });
  }
  // Workspace packages have to resolve into the copy, everything else into the installed packages.
  mkdirSync(join(folder.path, 'node_modules/@louwei'), { recursive: true });
  for (const name of SOURCES) symlinkSync(join(folder.path, name), join(folder.path, 'node_modules/@louwei', name));
  for (const name of ['pino', 'react', 'zod'])
    symlinkSync(join(ROOT, 'node_modules', name), join(folder.path, 'node_modules', name));
  for (const [file, content] of [...COMPANIONS, ...VIOLATIONS.map(([, file]) => [file, 'export {};'] as const)])
    plant(file, content);
});
afterAll(() => folder.remove());

function plant(file: string, content: string): void {
  mkdirSync(dirname(join(folder.path, file)), { recursive: true });
  writeFileSync(join(folder.path, file), `${content}\n`);
}

function rulesBroken(file: string): string[] {
  const result = spawnSync(
    process.execPath,
    [
      join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs'),
      '--config',
      '.dependency-cruiser.mjs',
      '--output-type',
      'json',
      file,
    ],
    { cwd: folder.path, encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  const report: { summary: { violations: { from: string; rule: { name: string } }[] } } = JSON.parse(result.stdout);
  return report.summary.violations
    .filter((violation) => violation.from.includes('planted'))
    .map((violation) => violation.rule.name);
}

describe('the import table', () => {
  it.each(VIOLATIONS)('refuses a violation of %s', (rule, file, content) => {
    plant(file, content);
    try {
      expect(rulesBroken(file)).toContain(rule);
    } finally {
      plant(file, 'export {};');
    }
  });

  it('finds nothing to refuse in a file that imports what it may', () => {
    plant('server/assets/planted.ts', "import type {} from './directory.ts';");
    expect(rulesBroken('server/assets/planted.ts')).toEqual([]);
  });
});
