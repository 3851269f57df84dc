import type { ReactNode } from 'react';
import classes from './FrontPage.module.css';
import { Mark } from './Mark.tsx';

export type FrontPageProps = { title: string; lead: string; children?: ReactNode };

/** A page outside the dashboard's frame: one card, with the product's name above it. */
export function FrontPage({ title, lead, children }: FrontPageProps) {
  return (
    <main className={classes.page}>
      <title>{`${title} · Sequitur`}</title>
      <div className={classes.column}>
        <div className={classes.brand}>
          <Mark size={30} /> Sequitur
        </div>
        <div className={classes.card}>
          <h1 className={classes.title}>{title}</h1>
          <p className={classes.lead}>{lead}</p>
          {children}
        </div>
      </div>
    </main>
  );
}
