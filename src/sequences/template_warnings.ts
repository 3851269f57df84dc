import { formatOf, parseTemplate, type StepTemplates, type UsedVariable, variablesIn } from './template.ts';
import { OPEN_VARIABLES, TEMPLATE_VARIABLES } from './template_variables.ts';

/** A variable that a template uses and nothing fills: no error, and most likely a slip. */
export type TemplateWarning = {
  field: keyof StepTemplates;
  line: number;
  column: number;
  /** As it is written, with dots: `contact.frist_name`. */
  variable: string;
  message: string;
};

/**
 * The variables of a step that no email has, in the order subject, html, text and by their place there; empty for
 * templates that do not parse. Anything may stand below `context` and `contact.properties`.
 */
export function unknownVariables(step: StepTemplates): TemplateWarning[] {
  return (['subject', 'html', 'text'] as const).flatMap((field) => {
    const source = step[field];
    const parsed = source === null ? undefined : parseTemplate(source, formatOf(field));
    if (!parsed?.ok) return [];
    return variablesIn(parsed.template)
      .filter(({ path }) => !isKnown(path))
      .map(({ path, line, column }) => {
        const variable = path.join('.');
        return { field, line, column, variable, message: `Nothing fills ${variable}. ${hint(path)}` };
      });
  });
}

const KNOWN = TEMPLATE_VARIABLES.map(({ name }) => name.split('.'));
const OPEN = OPEN_VARIABLES.map((name) => name.split('.'));

// Known is a variable, whatever is below one (`.size` of a text), and whatever leads to one (all of `contact`).
function isKnown(path: UsedVariable['path']): boolean {
  return [...KNOWN, ...OPEN].some((known) =>
    known.slice(0, path.length).every((name, i) => name === path[i]),
  );
}

function hint(path: string[]): string {
  const last = path.at(-1);
  const meant = KNOWN.find((known) => known.at(-1) === last);
  if (meant) return `Is ${meant.join('.')} meant?`;
  const [root] = path;
  const siblings = KNOWN.filter((known) => known[0] === root).map((known) => known.slice(0, 2).join('.'));
  const known = siblings.length > 0 ? siblings : KNOWN.map(([name]) => name);
  return `Known are ${[...new Set(known)].join(', ')}.`;
}
