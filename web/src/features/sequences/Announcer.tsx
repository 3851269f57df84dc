import { VisuallyHidden } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { strings } from './strings.tsx';

const PAUSE_MS = 30_000;

/** Tells a screen reader how many emails left, at most twice a minute: every tick would be a chatter. */
export function Announcer({ sent }: { sent: number }) {
  const [text, setText] = useState('');
  const latest = useRef(sent);
  useEffect(() => {
    latest.current = sent;
  }, [sent]);
  useEffect(() => {
    let told = latest.current;
    const timer = setInterval(() => {
      const more = latest.current - told;
      told = latest.current;
      setText(more > 0 ? strings.newlySent(more) : '');
    }, PAUSE_MS);
    return () => clearInterval(timer);
  }, []);
  return <VisuallyHidden role="status">{text}</VisuallyHidden>;
}
