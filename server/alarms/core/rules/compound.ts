// `all`, `any` and `not` over conditions, three-valued (Kleene): an unknown member leaves the whole unknown only where no
// other member decides. Every member keeps its own hysteresis and memory.
import type {
  Measured,
  ResolvedCondition,
  ResolvedGroup,
  ResolvedNot,
  ResolvedRule,
  RuleKind,
  Verdict,
} from './kind.ts';

type Compound = ResolvedGroup | ResolvedNot;
type KindOf = (rule: ResolvedRule) => RuleKind<ResolvedRule>;

interface Member {
  readonly before: boolean;
  readonly memory: unknown;
}

const WORDS = { all: ' and ', any: ' or ', not: '' } as const;
const membersOf = (rule: Compound): readonly ResolvedCondition[] => (rule.kind === 'not' ? [rule.of] : rule.of);

/** `kindOf` is the registry, which these kinds are part of. */
export function compoundKind(kindOf: KindOf): RuleKind<Compound> {
  const pointsOf = (rule: Compound): readonly string[] => [
    ...new Set(
      membersOf(rule).flatMap((member) => {
        const kind = kindOf(member);
        return [kind.point(member), ...kind.others(member)].filter((point) => point !== '');
      }),
    ),
  ];

  function ask(member: ResolvedCondition, known: Member | undefined, measured: Measured): Verdict {
    const kind = kindOf(member);
    return kind.evaluate(member, {
      ...measured,
      value: measured.of(kind.point(member)),
      before: known?.before ?? false,
      level: 0,
      memory: known?.memory,
    });
  }

  return {
    point: (rule) => pointsOf(rule)[0] ?? '',
    others: (rule) => pointsOf(rule).slice(1),
    evaluate(rule, measured) {
      const known = (measured.memory ?? []) as readonly Member[];
      const verdicts = membersOf(rule).map((member, index) => ask(member, known[index], measured));
      const memory = verdicts.map(
        (verdict, index): Member => ({
          before: verdict.truth ?? known[index]?.before ?? false,
          memory: verdict.memory,
        }),
      );
      const againMs = Math.min(...verdicts.map((verdict) => verdict.againMs ?? Number.POSITIVE_INFINITY));
      return {
        truth: combine(rule.kind, verdicts),
        why: () => `${rule.kind === 'not' ? 'not ' : ''}(${verdicts.map(({ why }) => why()).join(WORDS[rule.kind])})`,
        memory,
        ...(Number.isFinite(againMs) ? { againMs } : {}),
      };
    },
    limit: () => null,
    silenceMs: () => null,
    horizonMs: (rule) => Math.max(...membersOf(rule).map((member) => kindOf(member).horizonMs?.(member) ?? 0)),
    interrupt(rule, memory, nowMs) {
      const known = (memory ?? []) as readonly Member[];
      return membersOf(rule).map((member, index): Member => {
        const { before, memory: own } = known[index] ?? { before: false, memory: undefined };
        return { before, memory: kindOf(member).interrupt?.(member, own, nowMs) };
      });
    },
    describe: (rule) =>
      `${rule.kind === 'not' ? 'not ' : ''}(${membersOf(rule)
        .map((member) => kindOf(member).describe(member))
        .join(WORDS[rule.kind])})`,
  };
}

function combine(kind: Compound['kind'], verdicts: readonly Verdict[]): boolean | null {
  const truths = verdicts.map(({ truth }) => truth);
  if (kind === 'not') return truths[0] === null || truths[0] === undefined ? null : !truths[0];
  const deciding = kind === 'any';
  if (truths.includes(deciding)) return deciding;
  return truths.includes(null) ? null : !deciding;
}
