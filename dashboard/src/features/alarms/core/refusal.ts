// The server says in English why it refuses a verb; the common reasons are recognised and said in the person's language.

const REASONS = [
  [/condition present/, 'conditionPresent'],
  [/not acknowledged/, 'notAcknowledged'],
  [/was activated again/, 'activatedAgain'],
  [/alarm is closed/, 'closed'],
  [/must not be shelved/, 'notShelvable'],
  [/out of service already/, 'alreadyOut'],
  [/is out of service/, 'outOfService'],
  [/condition has gone: a one-shot/, 'oneShotGone'],
  [/minutes: .*expected 1-(\d+) for/, 'tooLong'],
  [/prolonged (\d+) times/, 'prolonged'],
  [/is not shelved/, 'notShelved'],
  [/reviewAt: expected/, 'reviewDate'],
] as const satisfies readonly (readonly [RegExp, string])[];

export interface Refusal {
  readonly key: (typeof REASONS)[number][1];
  /** The limit that was exceeded, where there is one. */
  readonly max: string;
}

/** Null when the reason is not known here; then the server's own words have to do. */
export const readRefusal = (detail: string): Refusal | null => {
  for (const [pattern, key] of REASONS) {
    const found = pattern.exec(detail);
    if (found !== null) return { key, max: found[1] ?? '' };
  }
  return null;
};
