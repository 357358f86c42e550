// Every change of the equipment's alarm settings, newest first, and the way to take one back.
import type { alarmSettings } from '@louwei/server/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { fetchSettingsHistory, undoSettings } from '../../api/alarm-settings.ts';
import { useMay } from '../../app/session.ts';
import { useCanAct } from '../../live/hooks.ts';
import { ModalDialog } from '../../ui/dialog.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { formatDateTime } from '../../ui/time.ts';
import { useWords } from '../../ui/words.ts';
import { settingsKey } from './change-request.ts';
import { useLabels } from './use-labels.ts';

interface Props {
  readonly id: string;
  readonly settings: alarmSettings.AlarmSettings;
}

export const SettingsHistory = ({ id, settings }: Props) => {
  const { t } = useWords();
  const { fieldName } = useLabels();
  const mayConfigure = useMay('alarm:configure');
  const canAct = useCanAct();
  const queries = useQueryClient();
  const [asked, setAsked] = useState<number | null>(null);
  const { data, error } = useQuery({
    queryKey: [...settingsKey(id), 'history', settings.version],
    queryFn: () => fetchSettingsHistory(id),
  });
  const undo = useMutation({
    mutationFn: (version: number) => undoSettings(id, settings.version, version),
    onSuccess: async () => {
      setAsked(null);
      await queries.invalidateQueries({ queryKey: settingsKey(id) });
      await queries.invalidateQueries({ queryKey: ['equipment', id] });
    },
  });
  const shown = (value: number | null): string => (value === null ? t('settings.never') : String(value));
  if (data === undefined) return error === null ? <p>{t('common.loading')}</p> : <ProblemNote error={error} />;
  return (
    <div className="stack">
      {data.items.length === 0 && <p className="muted">{t('settings.noHistory')}</p>}
      {data.items.map((change) => (
        <div key={change.version} className="alarm-entry" data-testid={`change-${change.version}`}>
          <div className="row">
            <b>{t('settings.version', { version: change.version })}</b>
            <span className="muted">
              {formatDateTime(Date.parse(change.at))} · {change.by}
            </span>
            <span className="spacer" />
            {mayConfigure && (
              <Button
                data-testid={`undo-${change.version}`}
                isDisabled={!canAct}
                onPress={() => {
                  undo.reset();
                  setAsked(change.version);
                }}
              >
                {t('settings.undo')}
              </Button>
            )}
          </div>
          <p>{change.undoes === null ? change.reason : t('settings.undone', { version: change.undoes })}</p>
          <ul className="change-list">
            {change.changes.map(({ field, from, to }) => (
              <li key={field}>
                {fieldName(settings, field)}: {shown(from)} → <b>{shown(to)}</b>
              </li>
            ))}
          </ul>
        </div>
      ))}
      {asked !== null && (
        <ModalDialog title={t('settings.confirmUndo', { version: asked })} onClose={() => setAsked(null)}>
          <div className="stack">
            <p>{t('settings.undoHint')}</p>
            <ProblemNote error={undo.error} />
            <div className="row">
              <Button
                className="primary"
                data-testid="undo-confirm"
                isDisabled={!canAct || undo.isPending}
                onPress={() => undo.mutate(asked)}
              >
                {t('settings.undo')}
              </Button>
              <Button onPress={() => setAsked(null)}>{t('common.cancel')}</Button>
            </div>
          </div>
        </ModalDialog>
      )}
    </div>
  );
};
