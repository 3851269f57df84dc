import { useQuery } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { FrontPage } from '../../ui/FrontPage.tsx';
import { setupQuery } from '../setup/queries.ts';
import { backOf } from './back.ts';
import { SignInForm } from './SignInForm.tsx';
import classes from './SignInPage.module.css';
import { strings } from './strings.ts';

export function SignInPage() {
  const router = useRouter();
  const { back } = useSearch({ from: '/sign-in' });
  const { data: setup } = useQuery(setupQuery());
  return (
    <FrontPage title={strings.signInTitle} lead={strings.signInLead}>
      {setup?.needed && (
        <div className={classes.notSetUp}>
          <b>{strings.notSetUpTitle}</b> {strings.notSetUp}
        </div>
      )}
      <SignInForm onSignedIn={() => router.history.replace(backOf(back, window.location.origin))} />
    </FrontPage>
  );
}
