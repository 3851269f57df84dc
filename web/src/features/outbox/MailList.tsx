import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useNow } from '../../ui/clock.ts';
import { formatShort } from '../../ui/dates.ts';
import { workspaceQuery } from '../workspace/queries.ts';
import classes from './MailList.module.css';
import { type ListedMail, newerQuery, showNewest } from './queries.ts';
import { strings } from './strings.ts';

export function MailList({ mails }: { mails: readonly ListedMail[] }) {
  const client = useQueryClient();
  const { data: newer } = useQuery(newerQuery);
  const { data: workspace } = useQuery(workspaceQuery);
  const timeZone = workspace?.time_zone ?? 'UTC';
  return (
    <nav aria-label={strings.list}>
      {newer && (
        <p className={classes.newer} role="status">
          {strings.newer}{' '}
          <button type="button" onClick={() => showNewest(client)}>
            {strings.showNewer}
          </button>
        </p>
      )}
      <ul className={classes.list}>
        {mails.map((mail) => (
          <li key={mail.id}>
            <MailLink mail={mail} timeZone={timeZone} />
          </li>
        ))}
      </ul>
    </nav>
  );
}

function MailLink({ mail, timeZone }: { mail: ListedMail; timeZone: string }) {
  const now = useNow();
  return (
    <Link to="/outbox/$mailId" params={{ mailId: mail.id }} className={classes.mail}>
      <Recipient recipient={mail.recipient} />
      <time dateTime={mail.captured_at} className={classes.time}>
        {formatShort(new Date(mail.captured_at), now, timeZone)}
      </time>
      <span className={classes.subject}>{mail.subject || strings.noSubject}</span>
      <span className={classes.sequence}>
        {mail.kind !== 'step' && <span className={classes.test}>{strings[mail.kind]}</span>}
        {mail.sequence_name}
      </span>
    </Link>
  );
}

// "Ada Lovelace <ada@example.com>": the name first, for those who have one.
function Recipient({ recipient }: { recipient: string }) {
  const [, name, address] = /^"?(.+?)"? <(.+)>$/.exec(recipient) ?? [];
  if (!name) return <span className={classes.recipient}>{recipient}</span>;
  return (
    <span className={classes.recipient}>
      {name} <span className={classes.address}>{address}</span>
    </span>
  );
}
