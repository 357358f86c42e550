// Text shown to people exists in both product languages, in the data itself; nothing is machine-translated.
import { z } from 'zod';

/** One short text in Simplified Chinese and English. */
export const bilingual = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) });
export type Bilingual = z.infer<typeof bilingual>;

/** Ordered steps in Simplified Chinese and English, e.g. an operator's checklist. */
export const bilingualSteps = z.strictObject({
  zh: z.array(z.string().min(1)).min(1),
  en: z.array(z.string().min(1)).min(1),
});
export type BilingualSteps = z.infer<typeof bilingualSteps>;

/** camelCase name of a point, parameter or alternative: `windingTemperatureA`. */
export const camelName = z.string().regex(/^[a-z][a-zA-Z0-9]*$/, 'camelCase name, e.g. windingTemperatureA');
/** kebab-case name of a class, model, alarm or fault: `winding-overtemperature`. */
export const kebabName = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'kebab-case name, e.g. winding-overtemperature');
