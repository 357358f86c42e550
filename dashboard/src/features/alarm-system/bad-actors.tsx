// The alarms that cost the operator most.
import type { alarmHealth } from '@louwei/server/contract';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { PriorityChip } from '../../ui/priority-chip.tsx';
import { useWords } from '../../ui/words.ts';
import { figureText } from './core/figures.ts';

interface Props {
  readonly title: string;
  readonly actors: readonly alarmHealth.BadActor[];
}

export const BadActors = ({ title, actors }: Props) => {
  const { t, say } = useWords();
  return (
    <section className="panel figures">
      <h2>{title}</h2>
      {actors.length === 0 ? (
        <p className="muted">{t('health.noneCounted')}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">{t('health.alarm')}</th>
              <th scope="col">{t('health.equipment')}</th>
              <th scope="col">{t('health.count')}</th>
              <th scope="col">{t('health.share')}</th>
              <th scope="col" className="wide-only">
                {t('health.marks')}
              </th>
            </tr>
          </thead>
          <tbody>
            {actors.map((actor) => (
              <tr key={`${actor.equipmentId}/${actor.alarm}`}>
                <td>
                  <span className="actor-text">
                    <PriorityChip priority={actor.priority} size={18} /> {say(actor.text)}
                  </span>
                </td>
                <td>
                  <Link to={`/equipment/${encodeURIComponent(actor.equipmentId)}`}>{say(actor.equipmentName)}</Link>
                </td>
                <td>
                  <b>{actor.count}</b>
                </td>
                <td>{figureText(actor.share, '%')}</td>
                <td className="wide-only">
                  <Marks actor={actor} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
};

const Marks = ({ actor }: { readonly actor: alarmHealth.BadActor }) => {
  const { t } = useTranslation();
  return (
    <span className="marks">
      {actor.chattering && <span className="tag">{t('health.chattering')}</span>}
      {actor.fleeting > 0 && <span className="tag">{t('health.fleeting', { count: actor.fleeting })}</span>}
      {actor.stale && <span className="tag">{t('health.stale')}</span>}
    </span>
  );
};
