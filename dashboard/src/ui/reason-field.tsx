// Why a person changes something: a few words for the record, and while they are too few, how many the server demands.
import type { LEAST_REASON } from '@louwei/server/contract';
import { type ReactNode, useId } from 'react';
import { useWords } from './words.ts';

/** The contract's figure; types alone come from there, and the compiler refuses another one. */
const LEAST: typeof LEAST_REASON = 2;
const LONGEST = 500;

/** Blanks at the ends are no reason; the server does not count them either. */
export const isReason = (text: string): boolean => text.trim().length >= LEAST;

interface Props {
  readonly label: string;
  readonly value: string;
  readonly onChange: (reason: string) => void;
  readonly testId: string;
  readonly hint?: string;
  readonly longest?: number;
  /** More than one line. */
  readonly rows?: number;
  /** Words that are often meant, to choose from. */
  readonly usual?: readonly string[];
}

export const ReasonField = ({ label, value, onChange, testId, hint, longest = LONGEST, rows, usual }: Props) => {
  const { t } = useWords();
  const id = useId();
  const hintId = useId();
  const listId = useId();
  const hints = [hint, isReason(value) ? undefined : t('common.reasonLeast', { least: LEAST })];
  const entry = {
    id,
    'data-testid': testId,
    'aria-describedby': hintId,
    'aria-required': true,
    maxLength: longest,
    value,
    onChange: (event: { target: { value: string } }) => onChange(event.target.value),
  };
  let control: ReactNode = <input {...entry} autoComplete="off" {...(usual === undefined ? {} : { list: listId })} />;
  if (rows !== undefined) control = <textarea {...entry} rows={rows} />;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {control}
      {usual !== undefined && (
        <datalist id={listId}>
          {usual.map((words) => (
            <option key={words} value={words} />
          ))}
        </datalist>
      )}
      <p className="muted field-hint" id={hintId}>
        {hints.filter((text) => text !== undefined).join(' ')}
      </p>
    </div>
  );
};
