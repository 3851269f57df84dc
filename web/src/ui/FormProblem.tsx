import { IconAlertCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './FormProblem.module.css';

/** What is wrong with a form as a whole; read out when it appears. */
export function FormProblem({ children }: { children: ReactNode }) {
  return (
    <div className={classes.problem} role="alert">
      <IconAlertCircle size={18} aria-hidden="true" />
      <div>{children}</div>
    </div>
  );
}
