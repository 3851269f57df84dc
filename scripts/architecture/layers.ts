/**
 * What each part of `src` may import besides itself: the arrows of ARCHITECTURE.md as data. A part is a folder, or
 * a file that stands beside the folders, without its ending. A feature's `routes.ts` and `*.routes.ts` are a part
 * of their own, since they alone know HTTP: see `mayImport`.
 */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  version: [],
  db: ['lib'],
  ledger: ['lib', 'db'],
  sequences: ['lib', 'db'],
  contacts: ['lib', 'db'],
  enrollment: ['lib', 'db', 'ledger', 'sequences', 'contacts'],
  reporting: ['lib', 'db', 'ledger', 'sequences', 'contacts'],
  feedback: ['lib', 'db', 'ledger', 'contacts', 'enrollment'],
  delivery: ['lib', 'db', 'ledger', 'sequences', 'contacts', 'enrollment', 'feedback'],
  analytics: ['lib', 'db', 'ledger'],
  retention: ['lib', 'db', 'ledger'],
  demo: ['lib', 'db', 'ledger', 'sequences', 'contacts', 'enrollment', 'feedback', 'delivery', 'auth'],
  metrics: ['lib', 'sequences', 'enrollment', 'delivery'],
  http: ['lib'],
  auth: ['lib', 'db', 'http'],
  config: ['lib'],
  store: ['lib', 'db', 'config'],
  app: ['*'],
  cli: ['*', 'app', 'demo'],
  main: ['cli'],
};

/** What stands on top, or aside as the demo does: `*` above is every part but these. */
const TOP = ['app', 'cli', 'main', 'demo'];

/** What each part of the dashboard may import besides itself; `*` is everything. Parts are named as above. */
export const WEB_LAYERS: Readonly<Record<string, readonly string[]>> = {
  ui: [],
  api: [],
  features: ['*'],
};

export type Exception = { file: string; because: string };

/** Imports that run against the arrows and may: `file` is the importer, `imports` what it imports. */
export const IMPORT_EXCEPTIONS: readonly (Exception & { imports: string })[] = [
  {
    file: 'src/config.ts',
    imports: 'src/delivery/render/mailbox.ts',
    because: 'MAIL_FROM is checked at the start by the parser that mail is later written with',
  },
  {
    file: 'src/config.ts',
    imports: 'src/delivery/send/smtp_url.ts',
    because: 'SMTP_URL is checked at the start by the parser that connections are later opened with',
  },
  {
    file: 'src/config.ts',
    imports: 'src/delivery/send/dkim.ts',
    because: 'only the type of the key that mail is later signed with',
  },
  {
    file: 'src/config.ts',
    imports: 'src/delivery/send/dkim_settings.ts',
    because: 'DKIM_* are checked at the start by the parser of the key that mail is later signed with',
  },
  {
    file: 'src/analytics/summary.sql.ts',
    imports: 'src/sequences/plan.ts',
    because: 'only the type: a card shows the status in the words that a sequence has for it',
  },
];

/** Files outside `*.sql.ts` in which SQL may stand. */
export const SQL_EXCEPTIONS: readonly Exception[] = [
  { file: 'src/db/database.ts', because: 'the ping says SELECT 1' },
  { file: 'src/db/migrate.ts', because: 'sends the text of migrations/*.sql as it is' },
  { file: 'scripts/generate/schema_text.ts', because: 'writes SQL for people to read and runs none' },
  { file: 'src/cli/sql.ts', because: 'its help shows what a query looks like' },
];

/** The only file of `src` that reads the environment. */
export const READS_ENVIRONMENT = 'src/config.ts';

/** Whether a file of `from` may import one of `to`. A feature's routes are written `feature/routes`. */
export function mayImport(from: string, to: string): boolean {
  if (from === to) return true;
  const feature = from.replace(/\/routes$/, '');
  if (feature === from) return allows(from, to);
  const target = to.replace(/\/routes$/, '');
  return target === feature || to === 'http' || to === 'auth' || allows(feature, target);
}

function allows(part: string, to: string): boolean {
  const below = LAYERS[part] ?? [];
  return below.includes(to) || (below.includes('*') && !TOP.includes(to));
}
