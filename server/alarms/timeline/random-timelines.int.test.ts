// Whatever happens on a site, with restarts at any moment: the real server journals what the rehearsal journals, refuses
// people alike, and its tables hold what its journal says.
import { join } from 'node:path';
import { LIBRARY_DIR, loadLibrary } from '@louwei/device-profiles';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestDatabase, type TestDatabase } from '../../migrations/testing.ts';
import { createLiveStage } from './live-stage.ts';
import { TIMELINE_START_MS as startMs } from './play.ts';
import { CAST as cast, DRAWN_BELOW, FEEDS as feeds, lateReadings, playRandom, timelineOf } from './random.ts';
import { createRehearsal } from './rehearsal.ts';
import type { Entry } from './stage.ts';
import { emptied, expectReplayable, withoutIds } from './testing.ts';

const { classes } = loadLibrary([LIBRARY_DIR, join(import.meta.dirname, 'acceptance/library')]);
let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());

const drawn = fc.nat(DRAWN_BELOW - 1);
const timelines = fc
  .array(fc.tuple(drawn, drawn, drawn, drawn, drawn), { minLength: 1, maxLength: 30, size: 'max' })
  .map(timelineOf);

/** Within one moment a register read from the database may have its equipment in another order. */
const byAlarm = (journal: readonly Entry[]): Entry[] => {
  const keyOf = ({ equipmentId, alarm }: Entry): string => `${equipmentId}/${alarm}`;
  return journal.toSorted(
    (a, b) => a.transition.serverMs - b.transition.serverMs || (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0),
  );
};

it('on the real server and in a rehearsal: the same', async () => {
  await fc.assert(
    fc.asyncProperty(timelines, async (steps) => {
      await emptied(database.db);
      const rehearsal = createRehearsal(classes, cast, startMs, feeds);
      const stage = await createLiveStage({
        db: database.db,
        classes,
        cast,
        feeds,
        startMs,
        lateReadings: lateReadings(steps),
      });
      try {
        const refused = await playRandom(steps, stage, classes);
        expect(refused).toEqual(await playRandom(steps, rehearsal, classes));
        expect(withoutIds(byAlarm(await stage.journal()))).toEqual(withoutIds(byAlarm(await rehearsal.journal())));
        await expectReplayable(database.db, stage);
      } finally {
        await stage.stop();
      }
    }),
    // The same ones in every run: a gate does not search.
    { numRuns: 10, seed: 20260105 },
  );
}, 300_000);
