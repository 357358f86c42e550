// What would help against chattering and fleeting alarms; each leads to the back-test with its number.
import type { alarmHealth } from '@louwei/server/contract';
import { Link } from 'react-router';
import { measured } from '../../ui/point-text.ts';
import { useWords } from '../../ui/words.ts';
import { backTestAddress } from './core/figures.ts';

export const Proposals = ({ proposals }: { readonly proposals: readonly alarmHealth.Proposal[] }) => {
  const { t, say } = useWords();
  return (
    <section className="panel">
      <h2>{t('health.proposals')}</h2>
      {proposals.length === 0 ? (
        <p className="muted">{t('health.noProposals')}</p>
      ) : (
        <ul className="proposals">
          {proposals.map((proposal) => (
            <li key={`${proposal.equipmentId}/${proposal.alarm}/${proposal.kind}`}>
              <div>
                <b>
                  {t(`proposalKind.${proposal.kind}`)}{' '}
                  {t('health.fromTo', {
                    from: measured(proposal.from, null),
                    to: measured(proposal.to, proposal.unit),
                  })}
                </b>{' '}
                {say(proposal.equipmentName)} · {say(proposal.text)}
                <p className="muted">{say(proposal.reason)}</p>
              </div>
              <Link className="button" to={backTestAddress(proposal)}>
                {t('health.tryOut')}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
};
