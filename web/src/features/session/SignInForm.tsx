import { Button, PasswordInput, TextInput } from '@mantine/core';
import { isEmail, isNotEmpty, useForm } from '@mantine/form';
import { ApiProblem } from '../../api/problem.ts';
import { FormProblem } from '../../ui/FormProblem.tsx';
import { Stack } from '../../ui/Stack.tsx';
import { type Credentials, useSignIn } from './queries.ts';
import { strings } from './strings.ts';

/** Email and password. `onSignedIn` runs once the session is there. */
export function SignInForm({ onSignedIn }: { onSignedIn: () => void }) {
  const signIn = useSignIn();
  const form = useForm<Credentials>({
    mode: 'uncontrolled',
    initialValues: { email: '', password: '' },
    validate: { email: isEmail(strings.emailMissing), password: isNotEmpty(strings.passwordMissing) },
    transformValues: ({ email, password }) => ({ email: email.trim(), password }),
  });
  const submit = form.onSubmit((credentials) => signIn.mutate(credentials, { onSuccess: onSignedIn }));
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {signIn.error && <FormProblem>{problemText(signIn.error)}</FormProblem>}
        <TextInput
          label={strings.email}
          type="email"
          autoComplete="username"
          inputMode="email"
          size="md"
          data-autofocus
          key={form.key('email')}
          {...form.getInputProps('email')}
        />
        <PasswordInput
          label={strings.password}
          autoComplete="current-password"
          size="md"
          visibilityToggleButtonProps={{ 'aria-label': strings.showPassword }}
          visibilityToggleFocusable
          key={form.key('password')}
          {...form.getInputProps('password')}
        />
        <Button type="submit" size="md" fullWidth loading={signIn.isPending}>
          {strings.signIn}
        </Button>
      </Stack>
    </form>
  );
}

function problemText(error: Error): string {
  return error instanceof ApiProblem ? error.message : strings.noAnswer;
}
