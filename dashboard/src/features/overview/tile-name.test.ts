// A tile leaves out the name of its building, and nothing else.
import { describe, expect, it } from 'vitest';
import { tileName } from './tile-name.ts';

describe('the name on a tile', () => {
  it.each([
    ['A座火灾报警控制器', 'A座 Tower A', '火灾报警控制器'],
    ['Tower A fire alarm panel', 'A座 Tower A', 'Fire alarm panel'],
    ['Tower 1 main incomer', 'Tower 1', 'Main incomer'],
    ['Tower 12 main incomer', 'Tower 1', 'Tower 12 main incomer'],
    ['Main incomer', 'Tower 1', 'Main incomer'],
    ['Tower A', 'A座 Tower A', 'Tower A'],
    ['gw-1', '', 'gw-1'],
  ])('%s in %s is %s', (name, building, shown) => expect(tileName(name, building)).toBe(shown));
});
