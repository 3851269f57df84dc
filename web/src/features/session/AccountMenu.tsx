import { type MantineColorScheme, useMantineColorScheme, VisuallyHidden } from '@mantine/core';
import { IconLogout, IconSelector } from '@tabler/icons-react';
import { useId } from 'react';
import classes from './AccountMenu.module.css';
import { type User, useSignOut } from './queries.ts';
import { strings } from './strings.ts';

const SCHEMES: MantineColorScheme[] = ['auto', 'light', 'dark'];

/**
 * Who is signed in, light or dark, and the way out. The browser's own popover: it closes by Escape and by a click
 * elsewhere, and spares every first visit the 10 kB of a menu component.
 */
export function AccountMenu({ user }: { user: User }) {
  const id = useId();
  const signOut = useSignOut();
  // Loaded anew, so that nothing of what was on the pages stays in this browser's memory.
  const leave = () => signOut.mutate(undefined, { onSuccess: () => window.location.assign('/sign-in') });
  return (
    <>
      <button type="button" className={classes.target} popoverTarget={id}>
        <span className={classes.initials} aria-hidden="true">
          {initialsOf(user.name)}
        </span>
        <span className={classes.name}>{user.name}</span>
        <VisuallyHidden>{strings.account}</VisuallyHidden>
        <IconSelector size={16} className={classes.chevron} aria-hidden="true" />
      </button>
      <div id={id} popover="auto" className={classes.menu}>
        <div className={classes.who}>
          {strings.signedInAs}
          <div className={classes.email}>{user.email}</div>
        </div>
        <SchemePicker />
        <button type="button" className={classes.item} onClick={leave} disabled={signOut.isPending}>
          <IconLogout size={17} aria-hidden="true" />
          {strings.signOut}
        </button>
      </div>
    </>
  );
}

function SchemePicker() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <fieldset className={classes.schemes}>
      <legend>{strings.appearance}</legend>
      <div>
        {SCHEMES.map((scheme) => (
          <label key={scheme}>
            <input
              type="radio"
              name="color-scheme"
              value={scheme}
              checked={colorScheme === scheme}
              onChange={() => setColorScheme(scheme)}
            />
            <span>{strings.schemes[scheme]}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  return ends
    .map((word) => Array.from(word ?? '')[0] ?? '')
    .join('')
    .toLocaleUpperCase();
}
