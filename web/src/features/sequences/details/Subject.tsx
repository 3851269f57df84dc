import { Fragment } from 'react';
import classes from './Subject.module.css';
import { strings } from './strings.tsx';
import { readSubject } from './subject.ts';

/** A subject as people read it; what differs from person to person is marked. Read out and copied in brackets. */
export function Subject({ template }: { template: string }) {
  return readSubject(template).map(({ text, blank }, i) =>
    blank ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: a part is nothing but its place
      <span key={i} className={classes.blank} title={strings.blank}>
        <span className={classes.bracket}>[</span>
        {text}
        <span className={classes.bracket}>]</span>
      </span>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the same
      <Fragment key={i}>{text}</Fragment>
    ),
  );
}
