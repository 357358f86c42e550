// One timeline file on a rehearsal: loads its classes and its steps, plays it, answers what is wrong.
import { dirname, resolve } from 'node:path';
import { ConfigurationError, LIBRARY_DIR, loadLibrary, type Problem } from '@louwei/device-profiles';
import { loadTimeline, play, TIMELINE_START_MS } from './play.ts';
import { createRehearsal } from './rehearsal.ts';

/** @returns no problem when everything happened as the file expects, and nothing else. */
export async function runTimelineFile(path: string, shownAs = path): Promise<readonly Problem[]> {
  const outcome = loadTimeline(path, shownAs);
  if (!outcome.ok) return outcome.problems;
  const { loaded } = outcome;
  const library = (folders: readonly string[]) =>
    loadLibrary([LIBRARY_DIR, ...folders.map((folder) => resolve(dirname(path), folder))]);
  try {
    const { classes } = library(loaded.timeline.library);
    const unknown = [...loaded.cast].filter(([, { class: kind }]) => !classes.has(kind));
    if (unknown.length > 0)
      return unknown.map(([id, { class: kind }]) => ({
        file: shownAs,
        line: loaded.lineOf(['equipment', id]),
        field: `equipment.${id}`,
        found: kind,
        expected: `one of the classes ${[...classes.keys()].join(', ')}`,
      }));
    return await play(loaded, createRehearsal(classes, loaded.cast, TIMELINE_START_MS), library);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}
