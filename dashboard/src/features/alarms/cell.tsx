// A cell of the alarm grid. The rows are placed freely by the virtualiser, so they cannot be table elements.
import type { ReactNode } from 'react';

interface Props {
  readonly column: string;
  readonly title?: string;
  readonly children?: ReactNode;
}

export const Cell = ({ column, children, ...rest }: Props) => (
  // biome-ignore lint/a11y/useSemanticElements: see above
  // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names its active row
  <span role="gridcell" className={`c-${column}`} {...rest}>
    {children}
  </span>
);
