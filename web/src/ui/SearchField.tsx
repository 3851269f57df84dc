import { CloseButton, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { strings } from './strings.ts';

export type SearchFieldProps = {
  label: string;
  value: string;
  /** Called when the typing pauses, so that an address is not written at every key. */
  onChange: (text: string) => void;
  className?: string | undefined;
};

const PAUSE_MS = 200;

/** What is typed shows at once; a `value` that changes elsewhere (Back, a link) replaces it. */
export function SearchField({ label, value, onChange, className }: SearchFieldProps) {
  const [typed, setTyped] = useState(value);
  const sent = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    setTyped(value);
  }, [value]);

  function type(text: string): void {
    setTyped(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      sent.current = text.trim();
      onChange(sent.current);
    }, PAUSE_MS);
  }

  return (
    <TextInput
      type="search"
      className={className}
      aria-label={label}
      placeholder={label}
      value={typed}
      onChange={(event) => type(event.currentTarget.value)}
      leftSection={<IconSearch size={17} aria-hidden="true" />}
      rightSection={typed && <CloseButton size="sm" aria-label={strings.clear} onClick={() => type('')} />}
    />
  );
}
