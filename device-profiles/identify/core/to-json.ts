// The outcome for programs: the same facts as the text, whole.
import { decodingsOf, decodingsOfPairs } from './decodings.ts';
import type { Candidate } from './rank.ts';
import type { Survey } from './survey.ts';

export function toJson(candidates: readonly Candidate[], seen: Survey): object {
  const first = candidates[0];
  return {
    fits: first?.fits === true,
    candidates: candidates.map((one) => ({
      model: one.model.model,
      class: one.model.class,
      proof: one.model.proof,
      sameAs: one.sameAs,
      wordOrder: one.wordOrder,
      wordOrderShown: one.wordOrderShown,
      addressShift: one.addressShift,
      score: one.score,
      fits: one.fits,
      reasonsFor: one.reasonsFor,
      reasonsAgainst: one.reasonsAgainst,
      points: one.points.map(({ name, address, words, verdict, value, unit }) => ({
        name,
        address,
        words,
        verdict,
        value,
        unit,
      })),
    })),
    decodings: first?.fits === true ? decodingsOf(first) : decodingsOfPairs(seen),
    reads: seen.reads,
  };
}
