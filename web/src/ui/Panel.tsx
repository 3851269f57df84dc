import { type ReactNode, useId } from 'react';
import classes from './Panel.module.css';

export type PanelProps = {
  title: string;
  /** Controls that stand beside the title. */
  aside?: ReactNode;
  /** A word of explanation under the title. */
  hint?: string;
  children: ReactNode;
};

/** A titled part of a page. */
export function Panel({ title, aside, hint, children }: PanelProps) {
  const id = useId();
  return (
    <section className={classes.panel} aria-labelledby={id}>
      <div className={classes.head}>
        <div>
          <h3 id={id} className={classes.title}>
            {title}
          </h3>
          {hint && <p className={classes.hint}>{hint}</p>}
        </div>
        {aside}
      </div>
      {children}
    </section>
  );
}
