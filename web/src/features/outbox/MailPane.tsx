import { Skeleton, Tabs } from '@mantine/core';
import { IconArrowLeft, IconMailOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { ApiProblem, detailOf } from '../../api/problem.ts';
import { formatExact } from '../../ui/dates.ts';
import { FailureNotice } from '../../ui/FailureNotice.tsx';
import { Linked } from '../../ui/Linked.tsx';
import { Notice } from '../../ui/Notice.tsx';
import table from '../../ui/table.module.css';
import { workspaceQuery } from '../workspace/queries.ts';
import classes from './MailPane.module.css';
import { type Mail, mailQuery } from './queries.ts';
import { strings } from './strings.ts';

/** One captured mail: who, what and when, and its parts. */
export function MailPane() {
  const { mailId } = useParams({ from: '/app/outbox/$mailId' });
  const { data: mail, error, refetch } = useQuery(mailQuery(mailId));
  return (
    <article className={classes.pane}>
      <Link to="/outbox" className={classes.back}>
        <IconArrowLeft size={17} aria-hidden="true" /> {strings.back}
      </Link>
      {mail && <Reading key={mail.id} mail={mail} />}
      {!mail && !error && <PaneSkeleton />}
      {!mail && error && <Failure error={error} onRetry={refetch} />}
    </article>
  );
}

function Reading({ mail }: { mail: Mail }) {
  const { data: workspace } = useQuery(workspaceQuery);
  const subject = mail.subject || strings.noSubject;
  return (
    <>
      <title>{`${subject} · Sequitur`}</title>
      <header className={classes.header}>
        <h2 className={classes.subject}>{subject}</h2>
        <dl className={classes.fields}>
          <dt>{strings.fields.from}</dt>
          <dd>{mail.sender}</dd>
          <dt>{strings.fields.to}</dt>
          <dd>{mail.recipient}</dd>
          <dt>{strings.fields.sequence}</dt>
          <dd>
            <SequenceLink mail={mail} />
          </dd>
          <dt>{strings.fields.captured}</dt>
          <dd>
            <time dateTime={mail.captured_at}>
              {formatExact(new Date(mail.captured_at), workspace?.time_zone ?? 'UTC')}
            </time>
            <span className={classes.notSent}> · {strings.notSent}</span>
          </dd>
        </dl>
      </header>
      <Parts mail={mail} />
    </>
  );
}

function SequenceLink({ mail }: { mail: Mail }) {
  return (
    <Link to="/sequences/$sequenceId" params={{ sequenceId: mail.sequence_id }}>
      {mail.sequence_name}
    </Link>
  );
}

function Parts({ mail }: { mail: Mail }) {
  return (
    <Tabs defaultValue={mail.html ? 'html' : 'text'} className={classes.parts}>
      <Tabs.List aria-label={strings.views} className={classes.tabs}>
        <Tabs.Tab value="html">{strings.html}</Tabs.Tab>
        <Tabs.Tab value="text">{strings.text}</Tabs.Tab>
        <Tabs.Tab value="headers">{strings.headers}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="html" className={classes.panel}>
        {mail.html ? <HtmlPart mail={mail} /> : <p className={classes.none}>{strings.noHtml}</p>}
      </Tabs.Panel>
      <Tabs.Panel value="text" className={classes.panel}>
        <pre className={classes.text}>
          <Linked text={mail.text} />
        </pre>
      </Tabs.Panel>
      <Tabs.Panel value="headers" className={classes.panel}>
        <Headers mail={mail} />
      </Tabs.Panel>
    </Tabs>
  );
}

/**
 * Without any permission: no script, no form, no pop-up. The base has links open elsewhere, which the sandbox
 * then stops, so that a click cannot lead the frame away from the mail; the text's links do open.
 */
function HtmlPart({ mail }: { mail: Mail }) {
  return (
    <iframe
      className={classes.frame}
      sandbox=""
      title={strings.frame(mail.subject)}
      srcDoc={`<base target="_blank">${mail.html}`}
    />
  );
}

function Headers({ mail }: { mail: Mail }) {
  const { sender, recipient, subject, message_id, headers } = mail;
  const all = { From: sender, To: recipient, Subject: subject, 'Message-ID': message_id, ...headers };
  return (
    <div className={classes.headers}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">{strings.header}</th>
            <th scope="col">{strings.value}</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(all).map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className={classes.value}>
                <Linked text={value} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Failure({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const gone = error instanceof ApiProblem && error.status === 404;
  if (!gone) return <FailureNotice detail={detailOf(error)} onRetry={onRetry} />;
  return (
    <Notice icon={<IconMailOff />} title={strings.goneTitle}>
      {strings.gone}
    </Notice>
  );
}

function PaneSkeleton() {
  return (
    <div className={classes.header} role="status" aria-label={strings.loading}>
      <Skeleton height={24} width="60%" />
      <Skeleton height={80} mt={16} width="45%" />
      <Skeleton height={320} mt={24} />
    </div>
  );
}
