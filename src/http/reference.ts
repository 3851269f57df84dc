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
  { name: 'Contacts', description: 'People, what happened with them, and whether they get mail.' },
  { name: 'Outbox', description: 'Mail that was captured, while no mail server is set up.' },
  { name: 'Workspace', description: 'The installation as a whole.' },
  { name: 'API keys', description: 'For programs. Only a signed-in administrator makes and revokes them.' },
  { name: 'Users', description: 'The administrators.' },
  { name: 'Audit log', description: 'Who changed what, and when.' },
  { name: 'Sign-in', description: 'Sessions of the dashboard.' },
  { name: 'Setup', description: 'The first administrator.' },
];

/** What stands above the chapters (Markdown). */
export const INTRODUCTION = `Send an API key with every request, as \`Authorization: Bearer sq_…\`. Make one on the
server: \`npx sequitur api-key create\`. Whoever is signed in to [the dashboard](/) can try everything here with
**Try it out**.

\`\`\`sh
curl https://mail.example.com/api/sequences/spring-sale/trigger \\
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

/** The look of the reference page: the dashboard's colours on Swagger UI's own markup. */
export const REFERENCE_STYLE = `
body { background: #faf9f7; }
.swagger-ui, .swagger-ui .info .title, .swagger-ui .opblock-tag, .swagger-ui .opblock .opblock-summary-description,
.swagger-ui .opblock-description-wrapper p, .swagger-ui .info li, .swagger-ui .info p, .swagger-ui table thead tr th,
.swagger-ui .parameter__name, .swagger-ui .opblock-tag small, .swagger-ui .opblock .opblock-summary-method,
.swagger-ui .info .title small pre, .swagger-ui .btn, .swagger-ui .response-col_status, .swagger-ui .tab li
{ font-family: system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif; color: #1c1a27; }
.swagger-ui .wrapper { max-width: 68rem; }
.swagger-ui .info { margin: 2.5rem 0 1rem; max-width: 46rem; }
.swagger-ui .info .title { font-size: 2rem; letter-spacing: -0.02em; }
.swagger-ui .info .title small { background: #e2e0fd; top: -0.35rem; }
.swagger-ui .info .title small pre { color: #362da6; }
.swagger-ui .info .title small.version-stamp { display: none; }
.swagger-ui .info a { color: #4338ca; }
.swagger-ui .info .highlight-code, .swagger-ui .info pre { border-radius: 0.5rem; }
/* Colours of its own, and more important than ours by its selectors alone. */
.swagger-ui .info code, .swagger-ui .markdown code, .swagger-ui .renderedMarkdown code
{ background: #f1f0fe; color: #362da6 !important; font-weight: 500; }
.swagger-ui .scheme-container { background: none; box-shadow: none; padding: 0; margin: 0 0 1rem; }
.swagger-ui .scheme-container .servers-title, .swagger-ui .scheme-container .servers { display: none; }
.swagger-ui .btn.authorize { border-color: #4338ca; color: #4338ca; }
.swagger-ui .btn.authorize svg { fill: #4338ca; }
.swagger-ui .btn.execute { background: #4338ca; border-color: #4338ca; color: #fff; }
.swagger-ui .opblock-tag { font-size: 1.25rem; border-bottom-color: #dedad3; }
.swagger-ui .opblock-tag small { font-size: 0.875rem; color: #5a5668; }
.swagger-ui .opblock { border-radius: 0.5rem; box-shadow: none; }
.swagger-ui .opblock .opblock-summary-method { border-radius: 0.375rem; font-weight: 600; min-width: 4.5rem; color: #fff; }
.swagger-ui .opblock .opblock-summary-path { font-weight: 500; }
@media (max-width: 640px) {
  .swagger-ui .wrapper { padding: 0 1rem; }
  .swagger-ui .opblock-tag small { display: none; }
}
`;
