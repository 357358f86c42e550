// A form out of a driver's JSON Schema (2020-12): which fields there are, what they take, and what is still missing.
// What the schema says in a way no control exists for becomes a field of JSON.

export type Schema = Readonly<Record<string, unknown>>;
export type Values = Readonly<Record<string, unknown>>;

export type FieldKind = 'text' | 'secret' | 'number' | 'toggle' | 'choice' | 'block' | 'json';

export interface FormField {
  readonly name: string;
  readonly kind: FieldKind;
  readonly required: boolean;
  readonly schema: Schema;
  readonly standard: unknown;
  /** Of a `choice`. */
  readonly choices: readonly (string | number | boolean)[];
  readonly low: number | null;
  readonly high: number | null;
  readonly whole: boolean;
  readonly hint: string | null;
}

/** One shape of a union; the only one of a plain object. */
export interface Shape {
  readonly label: string;
  readonly schema: Schema;
}

const isRecord = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const records = (value: unknown): Values[] => (Array.isArray(value) ? value.filter(isRecord) : []);
const numberOr = (value: unknown): number | null =>
  typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : null;
const textOr = (value: unknown): string | null => (typeof value === 'string' ? value : null);
type Choice = string | number | boolean;
const isChoice = (value: unknown): value is Choice => ['string', 'number', 'boolean'].includes(typeof value);

const propertiesOf = ({ properties }: Schema): Values => (isRecord(properties) ? properties : {});

/** A fixed value that tells this shape from the others. */
function markOf(schema: Schema): { readonly name: string; readonly value: Choice } | null {
  for (const [name, field] of Object.entries(propertiesOf(schema)))
    if (isRecord(field) && isChoice(field['const'])) return { name, value: field['const'] };
  return null;
}

export function shapesOf(schema: Schema): readonly Shape[] {
  const union = [...records(schema['oneOf']), ...records(schema['anyOf'])];
  if (union.length === 0) return [{ label: textOr(schema['title']) ?? '', schema }];
  return union.flatMap((one, index) => {
    const inner = shapesOf(one);
    if (inner.length > 1) return inner;
    return [{ label: textOr(one['title']) ?? String(markOf(one)?.value ?? index + 1), schema: one }];
  });
}

/** The shape these values are of; the first when nothing tells. */
export function shapeOf(schema: Schema, values: Values): Shape {
  const shapes = shapesOf(schema);
  const [first = { label: '', schema }] = shapes;
  return (
    shapes.find((shape) => {
      const mark = markOf(shape.schema);
      return mark !== null && values[mark.name] === mark.value;
    }) ?? first
  );
}

export function fieldsOf(schema: Schema): readonly FormField[] {
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  return Object.entries(propertiesOf(schema)).flatMap(([name, field]) => {
    if (!isRecord(field) || field['const'] !== undefined) return [];
    const choices = choicesOf(field);
    return [
      {
        name,
        kind: kindOf(name, field, choices),
        required: required.includes(name) && field['default'] === undefined,
        schema: field,
        standard: field['default'],
        choices,
        low: numberOr(field['minimum']),
        high: numberOr(field['maximum']),
        whole: field['type'] === 'integer',
        hint: textOr(field['description']),
      },
    ];
  });
}

function choicesOf(field: Schema): readonly Choice[] {
  const { enum: listed } = field;
  if (Array.isArray(listed)) return listed.filter(isChoice);
  const union = [...records(field['anyOf']), ...records(field['oneOf'])];
  const fixed = union.flatMap((one) => (isChoice(one['const']) ? [one['const']] : []));
  return union.length > 0 && fixed.length === union.length ? fixed : [];
}

function kindOf(name: string, field: Schema, choices: readonly Choice[]): FieldKind {
  if (choices.length > 0) return 'choice';
  const { type } = field;
  if (type === 'string')
    return field['writeOnly'] === true || field['format'] === 'password' || name === 'password' ? 'secret' : 'text';
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'boolean') return 'toggle';
  return isRecord(field['properties']) || records(field['oneOf']).length + records(field['anyOf']).length > 0
    ? 'block'
    : 'json';
}

/** What a new entry of this shape begins with; values of the same name and kind are taken over from another shape. */
export function startValues(shape: Schema, kept: Values = {}): Values {
  const mark = markOf(shape);
  const fields = fieldsOf(shape).flatMap(({ name, kind, standard, schema, choices }): [string, unknown][] => {
    const known = kept[name];
    if (known !== undefined && (choices.length === 0 || choices.some((one) => one === known))) return [[name, known]];
    if (standard !== undefined) return [[name, standard]];
    return kind === 'block' &&
      shapesOf(schema).length === 1 &&
      propertiesOf(schema) !== undefined &&
      !isOptional(shape, name)
      ? [[name, startValues(schema)]]
      : [];
  });
  return { ...(mark === null ? {} : { [mark.name]: mark.value }), ...Object.fromEntries(fields) };
}

const isOptional = (shape: Schema, name: string): boolean =>
  !(Array.isArray(shape['required']) && shape['required'].includes(name));

/** With the field set; an empty entry takes it out. */
export function withValue(values: Values, name: string, value: unknown): Values {
  const { [name]: _before, ...others } = values;
  return value === undefined || value === '' ? others : { ...others, [name]: value };
}

/** Paths of required fields without a value. */
export function missingIn(schema: Schema, values: Values, path: readonly string[] = []): readonly string[] {
  return fieldsOf(shapeOf(schema, values).schema).flatMap((field) => {
    const at = [...path, field.name];
    const value = values[field.name];
    if (value === undefined) return field.required ? [at.join('.')] : [];
    return field.kind === 'block' && isRecord(value) ? missingIn(field.schema, value, at) : [];
  });
}

/** The name and choices of a field, wherever a shape has it. */
export function findField(schema: Schema, name: string): FormField | null {
  for (const shape of shapesOf(schema)) {
    const found = fieldsOf(shape.schema).find((field) => field.name === name);
    if (found !== undefined) return found;
  }
  return null;
}

/** Field of a `connection` block by which the order of words and bytes differs from the model's. */
export const ORDER_FIELD = 'wordOrder';
