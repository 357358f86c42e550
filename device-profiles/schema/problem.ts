// One fault in a file a person wrote: where it is, what was found, what is expected.

export interface Problem {
  /** Path as given or relative to the library. */
  readonly file: string;
  /** 1-based; 0 when the fault is about the file as a whole. */
  readonly line: number;
  /** Dotted path of the field, e.g. `points.voltageL1.address`; empty for the whole file. */
  readonly field: string;
  readonly found: string;
  readonly expected: string;
}

/** `file:line: field: found …, expected …` - the one form in which every tool of the product prints a fault. */
export const formatProblem = (problem: Problem): string =>
  `${problem.file}:${problem.line}: ${problem.field === '' ? '(file)' : problem.field}: found ${problem.found}, expected ${problem.expected}`;

/** Configuration that cannot be used. Programs print each problem on one line and exit with code 2. */
export class ConfigurationError extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.name = 'ConfigurationError';
    this.problems = problems;
  }
}
