// Who may import whom: docs/decisions/0001-house.md. One rule per row of that table; a test plants a violation of each
// and expects this configuration to refuse it.
const WORKSPACES = ['device-profiles', 'gateway', 'server', 'dashboard', 'simulators'];
const TEST = '\\.test\\.tsx?$';

/** Of the product's own code, `from` may import only itself and `allowed` (regular expressions on paths). */
const mayImport = (from, allowed) => ({
  name: `${from}-imports`,
  severity: 'error',
  from: { path: `^${from}/`, pathNot: TEST },
  to: { path: `^(${WORKSPACES.join('|')})/`, pathNot: [`^${from}/`, ...allowed] },
});

export default {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-undeclared-package',
      severity: 'error',
      from: { pathNot: TEST },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    mayImport('device-profiles', []),
    mayImport('gateway', ['^device-profiles/']),
    mayImport('server', ['^device-profiles/', '^gateway/uplink/sparkplug/']),
    mayImport('dashboard', ['^server/contract/']),
    mayImport('simulators', ['^device-profiles/', '^gateway/uplink/sparkplug/']),
    {
      name: 'wire-only-where-gateways-are-spoken-to',
      severity: 'error',
      from: { path: '^server/', pathNot: ['^server/(ingest|commands|commissioning)/', TEST] },
      to: { path: '^gateway/' },
    },
    {
      name: 'e2e-only-over-the-network',
      severity: 'error',
      from: { path: '^simulators/e2e/' },
      to: { path: '^(gateway|server|dashboard)/', pathNot: '^gateway/uplink/sparkplug/' },
    },
    {
      name: 'core-is-pure',
      comment: 'core/ decides; it knows no I/O, no clock and no package but the schema',
      severity: 'error',
      from: { path: '/core/', pathNot: TEST },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'core-packages',
      severity: 'error',
      from: { path: '/core/', pathNot: TEST },
      to: { dependencyTypes: ['npm', 'npm-dev'], pathNot: ['node_modules/zod/', '^device-profiles/'] },
    },
    {
      name: 'core-imports-core',
      comment: 'its own folder, other core folders of the workspace, contracts, ports and schemas',
      severity: 'error',
      from: { path: '/core/', pathNot: TEST },
      to: {
        path: `^(${WORKSPACES.join('|')})/`,
        pathNot: [
          '/core/',
          '^device-profiles/',
          '^server/contract/',
          '^gateway/uplink/sparkplug/',
          '^gateway/points/reading\\.ts$',
          '^gateway/drivers/port\\.ts$',
          '^gateway/outbox/record\\.ts$',
          '^server/ingest/participant\\.ts$',
          '^server/assets/directory\\.ts$',
        ],
      },
    },
    {
      name: 'platform-knows-no-domain',
      severity: 'error',
      from: { path: '^server/platform/', pathNot: TEST },
      to: { path: '^server/', pathNot: ['^server/platform/', '^server/contract/problem\\.ts$'] },
    },
    {
      name: 'drivers-do-not-know-each-other',
      severity: 'error',
      from: { path: '^gateway/drivers/([^/]+)/', pathNot: TEST },
      to: { path: '^gateway/drivers/([^/]+)/', pathNot: '^gateway/drivers/$1/' },
    },
    {
      name: 'stores-do-not-know-each-other',
      severity: 'error',
      from: { path: '^server/telemetry/stores/([^/]+)/', pathNot: TEST },
      to: { path: '^server/telemetry/stores/([^/]+)/', pathNot: '^server/telemetry/stores/$1/' },
    },
    {
      name: 'channels-do-not-know-each-other',
      severity: 'error',
      from: { path: '^server/outward/(webhook|mqtt|opcua)/', pathNot: TEST },
      to: { path: '^server/outward/(webhook|mqtt|opcua)/', pathNot: '^server/outward/$1/' },
    },
    {
      name: 'only-app-wires',
      comment: 'app/ is the only place that knows the concrete parts; nothing imports it',
      severity: 'error',
      from: { path: '^(server|gateway)/', pathNot: ['^(server|gateway)/app/', TEST] },
      to: { path: '^(server|gateway)/app/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['(^|/)dist/', '(^|/)generated/'] },
    // With TypeScript 7 the default parser finds nothing and reports success; swc reads TypeScript by itself.
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
