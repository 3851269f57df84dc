import { z } from 'zod';
import type { App } from './server.ts';

export type Workspace = {
  version: string;
  time_zone: string;
  public_url: string;
  mail: {
    via: 'smtp' | 'captured';
    always_captured: boolean;
    from: string;
    trouble: { since: string; outcome: string; reply: string } | null;
    limited: boolean;
  };
};

/** What a page needs to know of the installation as a whole. */
export function registerWorkspace(app: App, read: () => Promise<Workspace>): void {
  app.get('/api/workspace', { schema: route }, read);
}

/** The event by which open pages hear that mail no longer gets out, or does again. */
export const workspaceEvent = {
  description: 'whether mail gets out has changed: read the workspace again.',
  data: z.object({}),
};

const route = {
  tags: ['Workspace'],
  summary: 'The installation: reporting zone, where mail goes, version',
  description: 'What is the same for all sequences, and set by whoever runs Sequitur.',
  response: {
    200: z
      .object({
        version: z.string(),
        time_zone: z.string().meta({ description: 'The reporting time zone.' }),
        public_url: z.string(),
        mail: z.object({
          via: z
            .enum(['smtp', 'captured'])
            .meta({ description: '`captured`: kept in the Outbox, not sent.' }),
          always_captured: z
            .boolean()
            .meta({ description: 'Whatever `SMTP_URL` says, no mail is sent: this is the demo.' }),
          from: z.string(),
          trouble: z
            .object({
              since: z.iso.datetime(),
              outcome: z.string().meta({
                description:
                  'Such as `authentication_failed` or `connection_failed`; `results_waiting` while so many results ' +
                  'wait for the database that nothing more is sent; `no_worker` where no process sends.',
              }),
              reply: z.string().meta({ description: 'In the words of the mail server or of the network.' }),
            })
            .nullable()
            .meta({
              description:
                'Why mail does not get out of the process that answers, or of a worker elsewhere; null while it does.',
            }),
          limited: z.boolean().meta({
            description:
              'Whether a limit of sending keeps mail back: `GET /api/settings/sending-limits` says which.',
          }),
        }),
      })
      .meta({ id: 'Workspace' }),
  },
};
