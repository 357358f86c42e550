// Every scenario that states what must follow, at high speed: exactly that follows.
import { join } from 'node:path';
import { loadLibrary } from '@louwei/device-profiles';
import { describe, expect, it } from 'vitest';
import { loadBuilding } from './building.ts';
import { differences } from './follows.ts';
import { rehearse } from './rehearse.ts';
import { loadScenarios } from './scenario.ts';

const library = loadLibrary();
const building = loadBuilding(join(import.meta.dirname, '../building.yaml'), library);
const stated = [...loadScenarios().values()].filter(({ follows }) => follows.length > 0);

describe('scenarios', () => {
  it.each(stated.map((scenario) => [scenario.name, scenario] as const))(
    '%s',
    async (_, scenario) => {
      expect(differences(scenario.follows, await rehearse(building, scenario, library), 0.5)).toEqual([]);
    },
    120_000,
  );
});
