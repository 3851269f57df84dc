import type { ReactNode } from 'react';
import classes from './Notice.module.css';

export type NoticeProps = {
  icon: ReactNode;
  title: string;
  children: ReactNode;
  /** What to do about it: buttons or links. */
  action?: ReactNode;
  /** `alert` is read out at once. */
  role?: 'alert' | 'status';
};

/** What stands where content would: nothing there yet, nothing found, or a failure. */
export function Notice({ icon, title, children, action, role }: NoticeProps) {
  return (
    <div className={classes.notice} role={role}>
      <div className={classes.icon} aria-hidden="true">
        {icon}
      </div>
      <h2 className={classes.title}>{title}</h2>
      <div className={classes.text}>{children}</div>
      {action && <div className={classes.action}>{action}</div>}
    </div>
  );
}
