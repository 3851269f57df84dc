import { z } from 'zod';
import { FILTER_LIMITS, OPERATORS, type Operator, valueProblem } from './filters.ts';

const operators = Object.keys(OPERATORS) as [Operator, ...Operator[]];
const valueField = z.union([z.string().max(FILTER_LIMITS.value), z.number(), z.boolean(), z.null()]);

/** A filter as it is kept. */
export const filterSchema = z
  .object({
    property: z.string().meta({ description: 'A path into the properties.', example: 'order.total' }),
    operator: z.enum(operators).meta({
      description: operators.map((name) => `\`${name}\`: ${OPERATORS[name].description}.`).join(' '),
    }),
    value: valueField.optional(),
  })
  .meta({ id: 'Filter' });

/** Filters that a body gives. `property` says what their paths may be. */
export function filtersField(property: z.ZodType<string> = filterPath) {
  const filter = z.strictObject({ ...filterSchema.shape, property }).superRefine((given, context) => {
    const message = valueProblem(given);
    if (message) context.addIssue({ code: 'custom', path: ['value'], message });
  });
  return z.array(filter).max(FILTER_LIMITS.filters);
}

/** A path into properties. */
export const filterPath = z
  .string()
  .min(1)
  .max(FILTER_LIMITS.property)
  .regex(/^[^.]+(\.[^.]+)*$/, 'must be names with single dots between them');
