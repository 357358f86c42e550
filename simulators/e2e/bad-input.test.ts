// What a wrong setting gets: exit code 2 and one line that names the file, the line, the field, what was found and what
// is expected. Nothing keeps running.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ADMIN_PASSWORD, freePort, startProduct, startProgram, temporaryFolder } from './product.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

let count = 0;
const newFolder = (): string => {
  const path = join(folder.path, `case-${++count}`);
  mkdirSync(path);
  return path;
};

async function serverWith(env: Record<string, string>): Promise<{ code: number | string; lines: string[] }> {
  const program = startProgram('server/app/main.ts', [], {
    LOUWEI_HTTP_PORT: String(await freePort()),
    LOUWEI_MQTT_PORT: String(await freePort()),
    LOUWEI_DATA_DIR: join(newFolder(), 'data'),
    LOUWEI_ADMIN_PASSWORD: ADMIN_PASSWORD,
    ...env,
  });
  return outcomeOf(program);
}

async function outcomeOf(
  program: ReturnType<typeof startProgram>,
): Promise<{ code: number | string; lines: string[] }> {
  const timer = setTimeout(() => program.child.kill('SIGKILL'), 30_000);
  const code = await program.ended;
  clearTimeout(timer);
  return {
    code,
    lines: program
      .stderr()
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('{')),
  };
}

async function occupied<T>(use: (port: number) => Promise<T>): Promise<T> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '0.0.0.0', done));
  const address = server.address();
  try {
    return await use(typeof address === 'object' && address !== null ? address.port : 0);
  } finally {
    await new Promise((done) => server.close(done));
  }
}

describe('a wrong setting of the server', () => {
  it('names every wrong variable at once', async () => {
    const { code, lines } = await serverWith({
      LOUWEI_HTTP_PORT: 'eighty',
      DATABASE_URL: 'mysql://x',
      LOUWEI_RETENTION_DAYS: '0',
    });
    expect(code).toBe(2);
    expect(lines).toEqual([
      'environment:0: LOUWEI_HTTP_PORT: found "eighty", expected a TCP port 0-65535',
      'environment:0: DATABASE_URL: found (a value not shown here), expected postgres://user:password@host:port/database',
      'environment:0: LOUWEI_RETENTION_DAYS: found "0", expected days, 1 or more',
    ]);
  });

  it('refuses a taken HTTP port and a taken MQTT port in one clear line', async () => {
    for (const name of ['LOUWEI_HTTP_PORT', 'LOUWEI_MQTT_PORT']) {
      const { code, lines } = await occupied((port) => serverWith({ [name]: String(port) }));
      expect(code, name).toBe(2);
      expect(lines, name).toHaveLength(1);
      expect(lines[0], name).toMatch(new RegExp(`port \\d+ is taken.*${name}`));
    }
  });

  it('refuses a second start on the same data directory', async () => {
    const first = await startProduct({ script: 'server/app/main.ts' });
    try {
      const { code, lines } = await serverWith({ LOUWEI_DATA_DIR: first.dataDir });
      expect(code).toBe(2);
      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain(`the data directory ${first.dataDir} is in use by process ${first.program.child.pid}`);
    } finally {
      await first.stop();
    }
  });

  it('refuses a data directory that cannot be written', async () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, '');
    chmodSync(file, 0o400);
    const { code, lines } = await serverWith({ LOUWEI_DATA_DIR: join(file, 'data') });
    expect(code).toBe(2);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`cannot write the data directory ${join(file, 'data')}`);
  });

  it('names file, line and field of a broken profile', async () => {
    const profiles = newFolder();
    mkdirSync(join(profiles, 'models/acme'), { recursive: true });
    writeFileSync(join(profiles, 'models/acme/meter.yaml'), 'model: acme/meter\nprotocol: modbus\nclass: 7\n');
    const { code, lines } = await serverWith({ LOUWEI_PROFILES: profiles });
    expect(code).toBe(2);
    expect(lines.find((line) => line.includes('class'))).toMatch(
      /^models\/acme\/meter\.yaml:3: class: found 7, expected /,
    );
  });
});

describe('a wrong file', () => {
  it('of the gateway is named with line and field', async () => {
    const file = join(newFolder(), 'gateway.yaml');
    writeFileSync(
      file,
      'gateway: gw-1\nuplink:\n  url: mqtt://127.0.0.1:1\n  username: gw-1\n  password: x\ndevices:\n  - id: A\n    model: nobody/nothing\n    connection: {}\n',
    );
    const { code, lines } = await outcomeOf(startProgram('gateway/app/main.js', ['--config', file], {}));
    expect(code).toBe(2);
    expect(lines.join('\n')).toMatch(/gateway\.yaml:8: devices\.0\.model: found .*nobody\/nothing/);
  });

  it('of the building is named with line and field', async () => {
    const file = join(newFolder(), 'building.yaml');
    writeFileSync(file, 'seed: many\n');
    const { code, lines } = await outcomeOf(
      startProgram('simulators/app/main.ts', ['--building', file, '--data', newFolder()], {}),
    );
    expect(code).toBe(2);
    expect(lines.join('\n')).toMatch(/building\.yaml:1: seed: found "many", expected /);
  });
});
