import { useState } from 'react';
import classes from './LiveNumber.module.css';
import { formatCount } from './numbers.ts';

/** A count that lights up for a moment when it changes. Its digits are of one width, so that nothing moves. */
export function LiveNumber({ value }: { value: number | null }) {
  const [first] = useState(value);
  // A new key makes a new element, which is what starts the animation anew.
  return (
    <b key={value} className={value === first ? classes.number : `${classes.number} ${classes.changed}`}>
      {formatCount(value)}
    </b>
  );
}
