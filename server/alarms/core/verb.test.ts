// Verbs on an alarm that is not on the list any more.
import { describe, expect, it } from 'vitest';
import { EMPTY_RECORD } from './facts.ts';
import { definitionOf } from './fixtures.ts';
import { decide, type Verb } from './verb.ts';

const stamp = { actor: 'wang', sourceMs: 0, serverMs: 0 };
const decided = (verb: Verb) => decide(definitionOf(), EMPTY_RECORD, verb, stamp);

describe('an alarm that was closed a moment ago', () => {
  it.each<Verb>([{ verb: 'acknowledge', activationSeq: 1 }, { verb: 'reset' }])('%j changes nothing', (verb) => {
    expect(decided(verb)).toEqual({ ok: true, transitions: [] });
  });

  it.each<Verb>([
    { verb: 'comment', text: 'seen' },
    { verb: 'silence', console: 'desk-1' },
    { verb: 'shelve', minutes: 10, reason: 'known' },
    { verb: 'unshelve' },
  ])('%j is refused: nothing is journalled about no occurrence', (verb) => {
    expect(decided(verb)).toMatchObject({ ok: false, code: 'invalid-transition' });
  });
});
