// Where a version of the configuration stands, in words.
import type { commissioning } from '@louwei/server/contract';
import { useWords } from '../../ui/words.ts';

export const VersionNote = ({ version }: { readonly version: commissioning.ConfigurationVersion }) => {
  const { t } = useWords();
  const { state, detail } = version;
  const lost = state === 'refused' || state === 'rolled-back';
  return (
    <p role="status" className={lost ? 'problem' : 'commission-note'} data-testid={`version-${state}`}>
      <b>
        {t('commission.version', { version: version.version })} · {t(`commission.versionState.${state}`)}
      </b>{' '}
      {t(`commission.stateMeans.${state}`)}
      {detail !== null && <span className="muted"> {detail}</span>}
    </p>
  );
};
