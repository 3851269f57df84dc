import classes from './ShareBar.module.css';

/** A thin bar for a row's share of the largest row, 0 to 1. The number itself stands in the row. */
export function ShareBar({ share }: { share: number }) {
  return (
    <div className={classes.track} aria-hidden="true">
      <div className={classes.bar} style={{ width: `${share * 100}%` }} />
    </div>
  );
}
