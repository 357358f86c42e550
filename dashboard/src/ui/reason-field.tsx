// Why somebody changes or commands something: goes into the record, so a few words are demanded, and said so.
import { Field } from './field.tsx';
import { useWords } from './words.ts';

/** As `changeReason` of the server's contract demands. */
const SHORTEST = 2;
const LONGEST = 500;

export const isReason = (text: string): boolean => text.trim().length >= SHORTEST;

interface Props {
  readonly testId: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  /** Numbers of alarms are changed: who found and agreed to them is worth writing. */
  readonly settings?: boolean;
}

export const ReasonField = ({ testId, value, onChange, settings = false }: Props) => {
  const { t } = useWords();
  return (
    <Field label={t('reason.label')} hint={t(settings ? 'reason.hintSettings' : 'reason.hint', { count: SHORTEST })}>
      {(id) => (
        <input
          id={id}
          data-testid={testId}
          maxLength={LONGEST}
          autoComplete="off"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
};
