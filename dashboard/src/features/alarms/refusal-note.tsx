// Why the server did not take a verb, in the person's language where the reason is known.
import { useTranslation } from 'react-i18next';
import { failureDetail } from '../../api/request.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { readRefusal } from './core/refusal.ts';

export const RefusalNote = ({ error }: { readonly error: unknown }) => {
  const { t } = useTranslation();
  const refusal = readRefusal(failureDetail(error));
  if (refusal === null) return <ProblemNote error={error} />;
  return (
    <p className="problem" role="alert" data-testid="refusal">
      {t(`refusal.${refusal.key}`, { max: refusal.max })}
    </p>
  );
};
