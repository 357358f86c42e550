// Import of reviews: choose a file, see what it would change or each fault with its line, then take it.
import { useMutation } from '@tanstack/react-query';
import { Button } from 'react-aria-components';
import { importReviews } from '../../api/alarm-system.ts';
import { ModalDialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { useWords } from '../../ui/words.ts';

interface Props {
  readonly onClose: () => void;
  readonly onImported: () => void;
}

export const ImportDialog = ({ onClose, onImported }: Props) => {
  const { t } = useWords();
  const check = useMutation({
    mutationFn: async (file: File) => {
      const csv = await file.text();
      return { csv, result: await importReviews(csv, true) };
    },
  });
  const take = useMutation({ mutationFn: (csv: string) => importReviews(csv, false), onSuccess: onImported });
  const checked = check.data;
  const faults = take.data?.faults ?? checked?.result.faults ?? [];
  const isDone = take.data?.applied === true;
  return (
    <ModalDialog title={t('reviewImport.title')} onClose={onClose}>
      <div className="stack import-dialog">
        <p className="muted">{t('reviewImport.explain')}</p>
        <Field label={t('reviewImport.file')}>
          {(id) => (
            <input
              id={id}
              type="file"
              accept=".csv,text/csv"
              data-testid="import-file"
              onChange={(event) => {
                const file = event.target.files?.[0];
                take.reset();
                if (file !== undefined) check.mutate(file);
              }}
            />
          )}
        </Field>
        <ProblemNote error={check.error ?? take.error} />
        {faults.length > 0 && (
          <div role="alert" data-testid="import-faults">
            <b>{t('reviewImport.faults', { count: faults.length })}</b>
            <ul className="faults">
              {faults.slice(0, 50).map((fault) => (
                <li key={`${fault.line} ${fault.field}`}>{t('reviewImport.fault', { ...fault })}</li>
              ))}
            </ul>
          </div>
        )}
        {checked !== undefined && faults.length === 0 && !isDone && (
          <p data-testid="import-result">
            {t('reviewImport.result', { changed: checked.result.changed, unchanged: checked.result.unchanged })}
          </p>
        )}
        {isDone && (
          <p role="status">
            <b>{t('reviewImport.done', { count: take.data?.changed ?? 0 })}</b>
          </p>
        )}
        <div className="row">
          {checked !== undefined && faults.length === 0 && !isDone && (
            <Button
              className="primary"
              data-testid="import-apply"
              isDisabled={checked.result.changed === 0 || take.isPending}
              onPress={() => take.mutate(checked.csv)}
            >
              {t('reviewImport.apply', { count: checked.result.changed })}
            </Button>
          )}
          <Button onPress={onClose}>{t('common.close')}</Button>
        </div>
      </div>
    </ModalDialog>
  );
};
