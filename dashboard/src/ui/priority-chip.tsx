// Priority as colour, shape and number at once (WCAG 1.4.1): diamond 1, triangle 2, square 3, circle 4.
import './priority-chip.css';
import { useWords } from './words.ts';

export type ChipBlink = 'fast' | 'slow' | 'none';

const SHAPES: readonly string[] = [
  'M12 1 23 12 12 23 1 12Z',
  'M12 1.5 23.5 22H.5Z',
  'M2.5 2.5h19v19h-19Z',
  'M12 1.5a10.5 10.5 0 1 1 0 21a10.5 10.5 0 1 1 0-21Z',
];

interface Props {
  readonly priority: number;
  readonly blink?: ChipBlink;
  /** Hollow: the condition has gone, the occurrence is still open. */
  readonly hollow?: boolean;
  readonly size?: number;
}

export const PriorityChip = ({ priority, blink = 'none', hollow = false, size = 22 }: Props) => {
  const { t } = useWords();
  const name = t(`priority.p${priority}`, { defaultValue: String(priority) });
  return (
    <svg
      className={`alarm-icon chip-p${priority} ${hollow ? 'chip-hollow' : ''} blink-${blink}`}
      viewBox="-1 -1 26 26"
      width={size}
      height={size}
      role="img"
      aria-label={`${name} (${priority})`}
    >
      <path d={SHAPES[priority - 1] ?? SHAPES[3]} />
      <text x="12" y={priority === 2 ? 19.5 : 17} textAnchor="middle">
        {priority}
      </text>
    </svg>
  );
};
