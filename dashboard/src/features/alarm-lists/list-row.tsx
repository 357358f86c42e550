// One line of a list of what is set aside: the alarm, its equipment, what the list says of it, and what can be done.
import type { BilingualText } from '@louwei/server/contract';
import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { Link } from 'react-router';
import { useLive } from '../../live/hooks.ts';
import { placeLine } from '../../ui/place.ts';
import { PriorityChip } from '../../ui/priority-chip.tsx';
import { useWords } from '../../ui/words.ts';
import { useOpenAlarm } from './list-frame.tsx';

interface Props {
  readonly testId: string;
  readonly priority: number;
  readonly text: BilingualText;
  readonly equipmentId: string;
  /** Null: no occurrence, so there is no response panel to open. */
  readonly alarmId: string | null;
  readonly gone: boolean;
  readonly facts: readonly (readonly [label: string, value: ReactNode])[];
  readonly children?: ReactNode;
}

export const ListRow = ({ testId, priority, text, equipmentId, alarmId, gone, facts, children }: Props) => {
  const { t, say } = useWords();
  const [, open] = useOpenAlarm();
  const item = useLive((state) => state.equipment.get(equipmentId));
  return (
    <li className={`list-row ${gone ? 'row-closed' : ''}`} data-testid={testId}>
      {/* Hollow: nobody is called by it now. */}
      <PriorityChip priority={priority} hollow size={22} />
      <div className="list-what">
        {alarmId === null ? (
          <b>{say(text)}</b>
        ) : (
          <Button className="quiet list-open" onPress={() => open(alarmId)}>
            <b>{say(text)}</b>
          </Button>
        )}
        <span>
          {item !== undefined && <span className="muted">{placeLine(item.place)} › </span>}
          <Link to={`/equipment/${encodeURIComponent(equipmentId)}`}>
            {item === undefined ? equipmentId : say(item.name)}
          </Link>
        </span>
      </div>
      <dl className="list-facts">
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div className="list-actions">{gone ? <span className="muted">{t('lists.gone')}</span> : children}</div>
    </li>
  );
};
