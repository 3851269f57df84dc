/** The chapters of the reference page, in the order in which somebody new reads them. Every route names one of these. */
export const CHAPTERS: { name: string; description: string }[] = [
  {
    name: 'Triggers',
    description: 'Start a sequence: for people by address, or by what happens in your application.',
  },
  {
    name: 'Executions',
    description: 'Report emails that another sender has sent, to have them counted here.',
  },
  {
    name: 'Analytics',
    description: 'The numbers, exact for any range of reporting days, and the rows behind them.',
  },
  { name: 'Live changes', description: 'The same numbers as they change.' },
  { name: 'Sequences', description: 'Ordered steps, with rules about who may enter again.' },
  { name: 'Steps', description: 'The emails of a sequence. Every edit makes a revision.' },
  { name: 'Promo pages', description: 'Pages on which visitors start a sequence by themselves.' },
  { name: 'Event triggers', description: 'Which events of your application start which sequences.' },
  { name: 'Goals', description: 'Which events end a run: what the sequence is there for has happened.' },
  { name: 'Contacts', description: 'People, what happened with them, and whether they get mail.' },
  { name: 'Bounces', description: 'What comes back of mail later: bounces and complaints.' },
  { name: 'Outbox', description: 'Mail that was captured, while no mail server is set up.' },
  { name: 'Workspace', description: 'The installation as a whole.' },
  { name: 'API keys', description: 'For programs. Only a signed-in administrator makes and revokes them.' },
  { name: 'Users', description: 'The administrators.' },
  { name: 'Audit log', description: 'Who changed what, and when.' },
  { name: 'Sign-in', description: 'Sessions of the dashboard.' },
  { name: 'Setup', description: 'The first administrator.' },
];

/** What stands above the chapters (Markdown); the example is of the server at `publicUrl`. */
export function introduction(publicUrl: string): string {
  return `Send an API key with every request, as \`Authorization: Bearer sq_…\`. Make one on the
server: \`npx sequitur api-key create\`. Whoever is signed in to [the dashboard](/) can try everything here with
**Try it out**.

\`\`\`sh
curl ${publicUrl}/api/sequences/spring-sale/trigger \\
  -H 'Authorization: Bearer sq_…' -H 'Content-Type: application/json' \\
  -d '{"recipient_email": "ada@example.com"}'
\`\`\`

- Bodies are JSON. Fields and parameters that an address does not know are refused by name, not ignored.
- Every failure is an \`application/problem+json\` document (RFC 9457): \`type\` names the kind of problem for programs,
  \`detail\` says it in words, and \`errors\` names each field.
- After a 429 or 503, come again when the seconds of \`Retry-After\` are over. Some of a call for many may have been written
  by then: what has an \`Idempotency-Key\`, or ids of its own, is counted once all the same.
- Lists are read page by page: pass \`next_cursor\` back as \`cursor\` until it is null.
- Instants are UTC (\`2026-03-02T09:00:00.000Z\`), days are calendar days of the reporting time zone.
- Answers may get further fields in later versions: read those that you know.`;
}

/** The look of the reference page: the dashboard's colours on Swagger UI's own markup, light and dark. */
export const REFERENCE_STYLE = `
:root {
  --page: #faf9f7; --ink: #1c1a27; --quiet: #5a5668; --line: #dedad3;
  --brand: #4338ca; --brand-ink: #362da6; --brand-soft: #f1f0fe; --brand-edge: #e2e0fd;
}
html.dark-mode {
  color-scheme: dark;
  --page: #16151c; --ink: #eceaf2; --quiet: #a9a5b8; --line: #35323f;
  --brand: #a5a0f5; --brand-ink: #c4c0fa; --brand-soft: #2a2745; --brand-edge: #37325f;
}
html body, html.dark-mode body { background: var(--page); }
html .swagger-ui, html .swagger-ui .info .title, html .swagger-ui .opblock-tag,
html .swagger-ui .opblock .opblock-summary-description, html .swagger-ui .opblock-description-wrapper p,
html .swagger-ui .info li, html .swagger-ui .info p, html .swagger-ui table thead tr th, html .swagger-ui .parameter__name,
html .swagger-ui .opblock-tag small, html .swagger-ui .opblock .opblock-summary-method,
html .swagger-ui .info .title small pre, html .swagger-ui .btn, html .swagger-ui .response-col_status,
html .swagger-ui .tab li
{ font-family: system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif; color: var(--ink); }
.swagger-ui .wrapper { max-width: 68rem; }
.swagger-ui .info { margin: 2.5rem 0 1rem; max-width: 46rem; }
.swagger-ui .info .title { font-size: 2rem; letter-spacing: -0.02em; }
.swagger-ui .info .title small { background: var(--brand-edge); top: -0.35rem; }
html .swagger-ui .info .title small pre { color: var(--brand-ink); }
.swagger-ui .info .title small.version-stamp { display: none; }
html .swagger-ui .info a { color: var(--brand); }
.swagger-ui .info p, .swagger-ui .info li { line-height: 1.6; }
html .swagger-ui .info pre { background: var(--brand-soft); border-radius: 0.5rem; padding: 0.75rem 1rem; }
/* Colours of its own, and more important than ours by its selectors alone. Its lines are so low that underscores are lost. */
html .swagger-ui .info code, html .swagger-ui .markdown code, html .swagger-ui .renderedMarkdown code
{ background: var(--brand-soft); color: var(--brand-ink) !important; font-weight: 500; line-height: 1.6; padding: 0.1em 0.35em; }
html .swagger-ui .info pre code { background: none; color: var(--ink) !important; padding: 0; }
.swagger-ui .scheme-container { background: none; box-shadow: none; padding: 0; margin: 0 0 1rem; }
.swagger-ui .scheme-container .servers-title, .swagger-ui .scheme-container .servers { display: none; }
html .swagger-ui .btn.authorize { border-color: var(--brand); color: var(--brand); }
.swagger-ui .btn.authorize svg { fill: var(--brand); }
html .swagger-ui .btn.execute { background: #4338ca; border-color: #4338ca; color: #fff; }
html .swagger-ui .opblock-tag { font-size: 1.25rem; border-bottom-color: var(--line); }
html .swagger-ui .opblock-tag small { font-size: 0.875rem; color: var(--quiet); }
.swagger-ui .opblock { border-radius: 0.5rem; box-shadow: none; }
html .swagger-ui .opblock .opblock-summary-method { border-radius: 0.375rem; font-weight: 600; min-width: 4.5rem; color: #fff; }
.swagger-ui .opblock .opblock-summary-path { font-weight: 500; }
@media (max-width: 640px) {
  .swagger-ui .wrapper { padding: 0 1rem; }
  .swagger-ui .opblock-tag small { display: none; }
}
`;

/** Has the page follow the system's choice of light and dark: Swagger UI has both, and a switch only in another layout. */
export const REFERENCE_SCRIPT = `
const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', follow);
follow();
`;
