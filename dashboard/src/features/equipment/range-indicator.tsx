// Where a value lies between its limits: a number alone is data, its place in the normal band is information.
import type { equipment } from '@louwei/server/contract';
import { measured } from '../../ui/point-text.ts';

interface Props {
  readonly point: equipment.PointDescription;
  /** Null when the value is not good: then there is no mark. */
  readonly value: number | null;
}

const WIDTH = 130;
const HEIGHT = 18;

export const RangeIndicator = ({ point, value }: Props) => {
  if (point.range === null || point.kind !== 'analog') return null;
  const [low, high] = point.range;
  if (!(high > low)) return null;
  const x = (v: number): number => 2 + (WIDTH - 4) * Math.max(0, Math.min(1, (v - low) / (high - low)));
  const above = point.limits.flatMap((limit) => limit.above ?? []);
  const below = point.limits.flatMap((limit) => limit.below ?? []);
  const from = x(below.length === 0 ? low : Math.max(...below));
  const to = x(above.length === 0 ? high : Math.min(...above));
  const outside = value !== null && (x(value) < from || x(value) > to);
  return (
    <svg
      className="range"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={`${measured(low, point.unit)} – ${measured(high, point.unit)}`}
    >
      <rect className="range-all" x={2} y={6} width={WIDTH - 4} height={7} />
      <rect className="range-normal" x={from} y={6} width={Math.max(0, to - from)} height={7} />
      {point.limits.flatMap((limit) =>
        [limit.above, limit.below].map((at, index) =>
          at === null ? null : (
            <line
              // biome-ignore lint/suspicious/noArrayIndexKey: the two sides of a limit are its identity
              key={`${limit.alarm} ${index}`}
              className={`limit-p${limit.priority}`}
              x1={x(at)}
              x2={x(at)}
              y1={2}
              y2={17}
            />
          ),
        ),
      )}
      {value !== null && (
        <path className={outside ? 'range-mark outside' : 'range-mark'} d={`M${x(value)} 13l-5 -11h10Z`} />
      )}
    </svg>
  );
};
