// The acceptance timelines hold, and a timeline that does not hold is told so with its line.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatProblem } from '@louwei/device-profiles';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runTimelineFile } from './run-file.ts';

const ACCEPTANCE = join(import.meta.dirname, 'acceptance');
const files = readdirSync(ACCEPTANCE).filter((name) => name.endsWith('.yaml'));

describe('acceptance', () => {
  it.each(files)(
    '%s',
    async (file) => {
      expect((await runTimelineFile(join(ACCEPTANCE, file), file)).map(formatProblem)).toEqual([]);
      // The first one loads the shipped library.
    },
    60_000,
  );
});

describe('a timeline that does not hold', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'louwei-timeline-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The normal cycle with one thing changed. */
  async function changed(from: string, to: string): Promise<string[]> {
    const text = readFileSync(join(ACCEPTANCE, '01-normal-cycle.yaml'), 'utf8');
    expect(text).toContain(from);
    const path = join(folder, 'changed.yaml');
    writeFileSync(
      path,
      text.replace(from, to).replace('library: [library]', `library: ["${join(ACCEPTANCE, 'library')}"]`),
    );
    return (await runTimelineFile(path, 'changed.yaml')).map(formatProblem);
  }

  it.each([
    [
      'at: 70, priority',
      'at: 71, priority',
      /^changed\.yaml:\d+: steps\.3\.journal\.0: found TB-1 pressure-high ACTIVE at 70 s/,
    ],
    ['CLOSED, cause: returned', 'CLOSED, cause: reset', /expected pressure-high CLOSED \{"cause":"reset"\}$/],
    [
      ', { alarm: pressure-high, event: CLOSED, cause: returned }',
      '',
      /found TB-1 pressure-high CLOSED .*, expected no further entry$/,
    ],
    [
      'states: { pressure-high: ACKED }',
      'states: { pressure-high: UNACK }',
      /^changed\.yaml:18: .*found ACKED, expected UNACK$/,
    ],
    ['by: li, changed: false', 'by: li, changed: true', /^changed\.yaml:13: .*found false, expected true$/],
    ['by: li, changed: false', 'by: li, refused: conflict', /found accepted, expected conflict$/],
    [
      'do: acknowledge, alarm: pressure-high, by: wang',
      'do: reset, alarm: pressure-high',
      /found refused \(invalid-transition\): condition present/,
    ],
    [
      '{ at: 69.999, do: expect',
      '{ at: 1, do: expect',
      /^changed\.yaml:7: steps\.2\.at: found 1 s, expected a time not before/,
    ],
    [
      '{ at: 1min, do: read',
      '{ at: 1 min, do: read',
      /expected a number of seconds or a number with ms, s, min, h or d/,
    ],
    ['do: read', 'do: reed', /expected one of read, gateway/],
    ['TB-1: trial-boiler', 'TB-1: boiler', /equipment\.TB-1: found boiler, expected one of the classes/],
  ])('%s -> %s', async (from, to, message) => {
    const problems = await changed(from, to);
    expect(problems[0]).toMatch(message);
  });
});
