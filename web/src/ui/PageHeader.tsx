import type { ReactNode } from 'react';
import classes from './PageHeader.module.css';

/** A page's title, a line on what it shows, and figures or actions beside it. */
export function PageHeader({ title, lead, children }: { title: string; lead: string; children?: ReactNode }) {
  return (
    <header className={classes.header}>
      <div>
        <h1 className={classes.title}>{title}</h1>
        <p className={classes.lead}>{lead}</p>
      </div>
      {children}
    </header>
  );
}
