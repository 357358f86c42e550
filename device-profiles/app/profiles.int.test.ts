// The command as a person runs it: exit codes and the form of its messages.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const profiles = (...operands: string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, 'profiles.ts'), ...operands], {
    encoding: 'utf8',
    timeout: 30_000,
  });

describe('npm run profiles', () => {
  it('sums up a sound library', () => {
    const { status, stdout, stderr } = profiles('lint');
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^\d+ classes with \d+ alarms, \d+ models with \d+ examples: no fault\n$/);
    expect(status).toBe(0);
  });

  it('names file, line, field, found and expected of each fault and exits with 2', () => {
    const folder = mkdtempSync(join(tmpdir(), 'louwei-profiles-'));
    try {
      mkdirSync(join(folder, 'models', 'acme'), { recursive: true });
      writeFileSync(
        join(folder, 'models', 'acme', 'pump.yaml'),
        'model: acme/pump\nclass: sump-pump\nprotocol: modbus\nproof: guess\n',
      );
      const { status, stderr } = profiles('lint', folder);
      expect(status).toBe(2);
      expect(stderr).toContain(
        'models/acme/pump.yaml:4: proof: found "guess", expected one of device-tested, manual, driver-derived, example\n',
      );
      for (const line of stderr.trimEnd().split('\n'))
        expect(line).toMatch(/^models\/acme\/pump\.yaml:\d+: \S+: found .+, expected .+$/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('plays timelines of alarm rules, and answers 1 when one does not hold', () => {
    const folder = mkdtempSync(join(tmpdir(), 'louwei-timelines-'));
    const steps = (state: string) =>
      `label: { zh: 停, en: Stop }\nequipment: { SP-1: sump-pump }\nsteps:\n  - { at: 0, do: expect, states: { all-pumps-failed: ${state} } }\n`;
    try {
      writeFileSync(join(folder, 'holds.yaml'), steps('NORM'));
      expect(profiles('test', join(folder, 'holds.yaml'))).toMatchObject({ status: 0 });
      writeFileSync(join(folder, 'fails.yaml'), steps('UNACK'));
      const { status, stdout, stderr } = profiles('test', folder);
      expect(status).toBe(1);
      expect(stdout).toContain('1 of 2 timelines hold');
      expect(stderr).toMatch(/fails\.yaml:4: steps\.0\.states\.all-pumps-failed: found NORM, expected UNACK/);
      expect(profiles('test', join(folder, 'nowhere'))).toMatchObject({ status: 2 });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('says whether generated files are up to date', () => {
    expect(profiles('catalogue', '--check')).toMatchObject({ status: 0 });
    expect(profiles('schema', '--check')).toMatchObject({ status: 0 });
  });

  it.each([[[]], [['paint']], [['lint', '--check']], [['catalogue', 'more']]])('explains itself for %j', (operands) => {
    const { status, stderr } = profiles(...operands);
    expect(status).toBe(2);
    expect(stderr).toContain('usage: npm run profiles -- COMMAND');
  });
});
