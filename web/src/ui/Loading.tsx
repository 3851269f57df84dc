import classes from './Loading.module.css';
import { Mark } from './Mark.tsx';
import { strings } from './strings.ts';

/** What stands where a page will, before anything is known of it. */
export function Loading() {
  return (
    <div className={classes.loading} role="status" aria-label={strings.loading}>
      <Mark size={36} />
    </div>
  );
}
