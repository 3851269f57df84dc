import { z } from 'zod';
import { type FieldProblem, problem } from '../http/errors.ts';
import type { StepProblem } from './template.ts';

/** The refusal of templates that do not parse, each named with line and column. */
export function invalidTemplates(problems: StepProblem[]) {
  return unparsable(templateProblems(problems));
}

/** The same, of fields that are named already: those of several steps, say. */
export function unparsable(errors: FieldProblem[]) {
  const [first] = errors;
  const others = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const detail = `A template does not parse: ${first?.path}, ${first?.message}${others}.`;
  return problem.unprocessable(detail, 'invalid_template', errors);
}

/** Template problems as those of fields: "html" "line 3, column 5: tag "if" is not closed". */
export function templateProblems(problems: StepProblem[]): FieldProblem[] {
  return problems.map(({ field, line, column, message }) => ({
    path: field,
    message: `line ${line}, column ${column}: ${message}`,
  }));
}

/** What is no error and yet most likely a slip. */
export const warningsField = z
  .array(
    z
      .object({
        field: z.enum(['subject', 'html', 'text']),
        line: z.int().meta({ description: 'From 1, as `column`.' }),
        column: z.int(),
        variable: z.string().meta({ example: 'contact.frist_name' }),
        message: z.string(),
      })
      .meta({ id: 'TemplateWarning' }),
  )
  .meta({ description: 'Variables that nothing fills: they print nothing.' });
