// The acceptance timelines once more through a real server: each holds there too, its journal is the one of the rehearsal,
// and the journal replayed is what the tables hold.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { formatProblem } from '@louwei/device-profiles';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startTestDatabase, type TestDatabase } from '../../migrations/testing.ts';
import { createLiveStage, type LiveStage } from './live-stage.ts';
import { TIMELINE_START_MS } from './play.ts';
import { lateReadings } from './random.ts';
import { createRehearsal } from './rehearsal.ts';
import { runTimelineFile } from './run-file.ts';
import type { Entry, Stage } from './stage.ts';
import { emptied, expectReplayable, withoutIds } from './testing.ts';

const ACCEPTANCE = join(import.meta.dirname, 'acceptance');
const files = readdirSync(ACCEPTANCE).filter((name) => name.endsWith('.yaml'));
let database: TestDatabase;

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());
beforeEach(() => emptied(database.db));

const rehearsed = async (file: string): Promise<readonly Entry[]> => {
  let stage: Stage | undefined;
  await runTimelineFile(join(ACCEPTANCE, file), file, (classes, { cast, feeds }) => {
    stage = createRehearsal(classes, cast, TIMELINE_START_MS, feeds);
    return stage;
  });
  return (await stage?.journal()) ?? [];
};

it.each(files)(
  '%s',
  async (file) => {
    let stage: LiveStage | undefined;
    const problems = await runTimelineFile(join(ACCEPTANCE, file), file, async (classes, loaded) => {
      const { cast, feeds } = loaded;
      const { db } = database;
      stage = await createLiveStage({
        db,
        classes,
        cast,
        feeds,
        startMs: TIMELINE_START_MS,
        lateReadings: lateReadings(loaded.timeline.steps),
      });
      return stage;
    });
    expect(problems.map(formatProblem)).toEqual([]);
    if (stage === undefined) throw new Error(`${file} was not played`);
    try {
      expect(withoutIds(await stage.journal())).toEqual(withoutIds(await rehearsed(file)));
      await expectReplayable(database.db, stage);
    } finally {
      await stage.stop();
    }
  },
  300_000,
);
