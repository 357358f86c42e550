// JSON Schemas of class and model files, for completion and checks while typing in an editor.
import { z } from 'zod';
import { equipmentClass } from './class.ts';
import { deviceModel, modelVariant } from './model.ts';

/** File name below `schema/generated/` to its text. */
export function jsonSchemas(): ReadonlyMap<string, string> {
  const text = (schema: z.ZodType): string => `${JSON.stringify(z.toJSONSchema(schema, { io: 'input' }), null, 2)}\n`;
  return new Map([
    ['class.schema.json', text(equipmentClass)],
    ['model.schema.json', text(z.union([deviceModel, modelVariant]))],
  ]);
}
