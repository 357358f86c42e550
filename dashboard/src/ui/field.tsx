// A labelled control of a form.
import { type ReactNode, useId } from 'react';

interface Props {
  readonly label: string;
  readonly hint?: string;
  readonly children: (id: string) => ReactNode;
}

export const Field = ({ label, hint, children }: Props) => {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(id)}
      {hint !== undefined && <p className="muted field-hint">{hint}</p>}
    </div>
  );
};
