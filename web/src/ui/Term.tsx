import { Tooltip } from '@mantine/core';
import classes from './Term.module.css';

/** A word and, on hover, on focus and at a touch, what it means here. */
export function Term({ word, meaning }: { word: string; meaning: string }) {
  return (
    <Tooltip label={meaning} multiline w="max-content" maw={280}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the meaning is for those who use the keyboard, too */}
      <span className={classes.term} tabIndex={0}>
        {word}
      </span>
    </Tooltip>
  );
}
