// Why something did not work, in the person's language, with the server's own detail.
import { useTranslation } from 'react-i18next';
import { failureCode, failureDetail } from '../api/request.ts';

export const ProblemNote = ({ error }: { readonly error: unknown }) => {
  const { t } = useTranslation();
  if (error === null || error === undefined) return null;
  const detail = failureDetail(error);
  return (
    <p className="problem" role="alert" data-testid="problem">
      {t(`problem.${failureCode(error)}`)}
      {detail !== '' && <span className="muted"> {detail}</span>}
    </p>
  );
};
