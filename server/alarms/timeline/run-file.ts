// One timeline file: loads its steps and its classes, plays it on a stage, answers what is wrong.
import { dirname, resolve } from 'node:path';
import { ConfigurationError, type EquipmentClass, loadLibrary, type Problem } from '@louwei/device-profiles';
import { type LoadedTimeline, loadTimeline, play, TIMELINE_START_MS } from './play.ts';
import { createRehearsal } from './rehearsal.ts';
import type { Stage } from './stage.ts';

type Classes = ReadonlyMap<string, EquipmentClass>;

let shipped: Classes | undefined;

/** The shipped library once per process: most timelines need no more of it than its gateway. */
function classesWith(folders: readonly string[]): Classes {
  shipped ??= loadLibrary().classes;
  return folders.length === 0 ? shipped : new Map([...shipped, ...loadLibrary(folders).classes]);
}

/**
 * @param stageOf where it is played; by default a rehearsal in memory.
 * @returns no problem when everything happened as the file expects, and nothing else.
 */
export async function runTimelineFile(
  path: string,
  shownAs = path,
  stageOf: (classes: Classes, loaded: LoadedTimeline) => Stage | Promise<Stage> = (classes, { cast, feeds }) =>
    createRehearsal(classes, cast, TIMELINE_START_MS, feeds),
): Promise<readonly Problem[]> {
  const outcome = loadTimeline(path, shownAs);
  if (!outcome.ok) return outcome.problems;
  const { loaded } = outcome;
  const library = (folders: readonly string[]) => classesWith(folders.map((folder) => resolve(dirname(path), folder)));
  try {
    const classes = library(loaded.timeline.library);
    const unknown = unknownClasses(loaded, classes);
    if (unknown.length > 0) return unknown;
    return await play(loaded, await stageOf(classes, loaded), library);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

const unknownClasses = ({ file, cast, lineOf }: LoadedTimeline, classes: Classes): Problem[] =>
  [...cast]
    .filter(([, { class: kind }]) => !classes.has(kind))
    .map(([id, { class: kind }]) => ({
      file,
      line: lineOf(['equipment', id]),
      field: `equipment.${id}`,
      found: kind,
      expected: `one of the classes ${[...classes.keys()].join(', ')}`,
    }));
