// How `npm start` treats its children: lines, restarts after a crash, refusal, stopping a stubborn one.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { openLogFile } from './log-file.ts';
import { createProgram, type Program } from './program.ts';

const folder = mkdtempSync(join(tmpdir(), 'louwei-program-'));
const running: Program[] = [];
afterEach(async () => {
  for (const program of running.splice(0)) await program.stop(100);
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(script: string) {
  const file = join(folder, `${Math.random()}.mjs`);
  writeFileSync(file, script);
  const seen = {
    said: [] as string[],
    complained: [] as string[],
    logged: [] as string[],
    messages: [] as unknown[],
    refused: 0,
  };
  const program = createProgram({
    name: 'part',
    args: [file],
    cwd: folder,
    say: (line) => seen.said.push(line),
    complain: (line) => seen.complained.push(line),
    log: (line) => seen.logged.push(line),
    onMessage: (message) => seen.messages.push(message),
    onRefused: () => {
      seen.refused++;
    },
  });
  running.push(program);
  program.start();
  return { program, seen };
}

async function until(what: string, condition: () => boolean): Promise<void> {
  const end = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`not within 10 s: ${what}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

describe('a program', () => {
  it('has its lines sorted: for people, for the log, warnings briefly', async () => {
    const warning = JSON.stringify({ level: 40, msg: 'the device does not answer', device: 'LV-1', reason: 'timeout' });
    const note = JSON.stringify({ level: 30, msg: 'started' });
    const { seen } =
      run(`console.log('hello'); console.error(${JSON.stringify(warning)}); console.error(${JSON.stringify(note)});
      console.error('plain'); process.send({ ready: true }); setInterval(() => {}, 1000);`);
    await until(
      'all lines',
      () => seen.complained.length === 2 && seen.logged.length === 2 && seen.messages.length === 1,
    );
    expect(seen.said).toEqual(['hello']);
    expect(seen.complained).toEqual(['[part] warning: LV-1: the device does not answer: timeout', 'plain']);
    expect(seen.logged).toEqual([warning, note]);
  });

  it('comes back after a crash, with word of it', async () => {
    const { seen } = run(`console.log('up'); setTimeout(() => process.exit(1), 10);`);
    await until('the second start', () => seen.said.length >= 2);
    expect(seen.complained[0]).toBe('part ended unexpectedly (exit code 1); starting it again in 1 s');
  });

  it('does not come back when it refuses its configuration', async () => {
    const { seen } = run(`console.error('file.yaml:1: found x'); process.exit(2);`);
    await until('the refusal', () => seen.refused === 1);
    expect(seen.complained).toEqual(['file.yaml:1: found x']);
  });

  it('is started again at once on request', async () => {
    const { program, seen } = run(`console.log('up ' + process.pid); setInterval(() => {}, 1000);`);
    await until('the first start', () => seen.said.length === 1);
    program.restart();
    await until('the second start', () => seen.said.length === 2);
    expect(seen.said[0]).not.toBe(seen.said[1]);
    expect(seen.complained).toEqual([]);
  });

  it('is killed when it does not stop by itself', async () => {
    const { program, seen } = run(
      `process.on('SIGTERM', () => {}); console.log(process.pid); setInterval(() => {}, 1000);`,
    );
    await until('the start', () => seen.said.length === 1);
    await program.stop(200);
    expect(() => process.kill(Number(seen.said[0]), 0)).toThrow();
  });
});

describe('a log file', () => {
  it('turns over at its size and keeps three old ones', () => {
    const path = join(folder, 'logs/part.log');
    const log = openLogFile(path, () => undefined, 25);
    for (let index = 0; index < 12; index++) log(`line ${index}....`);
    expect(readFileSync(path, 'utf8')).toContain('line 11');
    const kept = [1, 2, 3].map((index) => readFileSync(`${path}.${index}`, 'utf8').length);
    expect(Math.max(...kept)).toBeLessThanOrEqual(25);
    expect(() => readFileSync(`${path}.4`)).toThrow();
  });

  it('tells once when it cannot write, and never throws', () => {
    const told: string[] = [];
    const log = openLogFile(join(folder, 'logs/part.log'), (text) => told.push(text), 10);
    rmSync(join(folder, 'logs'), { recursive: true });
    log('one');
    log('two');
    expect(told).toHaveLength(1);
  });
});
