import { Button, PasswordInput, Select, TextInput } from '@mantine/core';
import { hasLength, isEmail, isNotEmpty, useForm } from '@mantine/form';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { ApiProblem } from '../../api/problem.ts';
import { formatZone } from '../../ui/dates.ts';
import { FormProblem } from '../../ui/FormProblem.tsx';
import { Stack } from '../../ui/Stack.tsx';
import { strings as sessionStrings } from '../session/strings.ts';
import { type Setup, useSetup } from './queries.ts';
import classes from './SetupForm.module.css';
import { strings } from './strings.ts';
import { browserZone, zones } from './zones.ts';

// The server's rule; said here first, so that nobody has to send a password to learn of it.
const SHORTEST_PASSWORD = 10;
const LONGEST_PASSWORD = 128;

export function SetupForm({ token, suggestedZone }: { token: string; suggestedZone: string }) {
  const setup = useSetup();
  const navigate = useNavigate();
  const form = useSetupForm(suggestedZone);

  const submit = form.onSubmit((values) =>
    setup.mutate(
      { token, ...values },
      {
        onSuccess: () => navigate({ to: '/sequences', replace: true }),
        onError: (error) => form.setErrors(fieldErrors(error)),
      },
    ),
  );

  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {setup.error && Object.keys(fieldErrors(setup.error)).length === 0 && (
          <FormProblem>
            {setup.error instanceof ApiProblem ? setup.error.message : strings.noAnswer}
          </FormProblem>
        )}
        <TextInput
          label={strings.name}
          autoComplete="name"
          size="md"
          autoFocus
          {...form.getInputProps('name')}
        />
        <TextInput
          label={strings.email}
          type="email"
          autoComplete="username"
          inputMode="email"
          size="md"
          {...form.getInputProps('email')}
        />
        <PasswordInput
          label={strings.password}
          description={passwordHint(form.values.password)}
          autoComplete="new-password"
          size="md"
          visibilityToggleButtonProps={{ 'aria-label': sessionStrings.showPassword }}
          visibilityToggleFocusable
          {...form.getInputProps('password')}
        />
        <ZoneField form={form} suggested={suggestedZone} />
        <Button type="submit" size="md" fullWidth loading={setup.isPending}>
          {strings.submit}
        </Button>
      </Stack>
    </form>
  );
}

type ZoneFieldProps = { form: ReturnType<typeof useSetupForm>; suggested: string };

/** The server's zone is proposed. Where the reader's own is another one, it is one click away. */
function ZoneField({ form, suggested }: ZoneFieldProps) {
  const data = useMemo(() => zones(new Date(), [suggested]), [suggested]);
  const local = browserZone();
  const choose = () => form.setFieldValue('time_zone', local);
  return (
    <div>
      <Select
        label={strings.timeZone}
        description={strings.timeZoneHint}
        data={data}
        searchable
        allowDeselect={false}
        comboboxProps={{ withinPortal: false }}
        nothingFoundMessage={strings.noZone}
        size="md"
        {...form.getInputProps('time_zone')}
      />
      {local !== form.values.time_zone && (
        <button type="button" className={classes.local} onClick={choose}>
          {strings.browserZone(formatZone(local))}
        </button>
      )}
    </div>
  );
}

function useSetupForm(suggestedZone: string) {
  return useForm<Omit<Setup, 'token'>>({
    initialValues: { name: '', email: '', password: '', time_zone: suggestedZone },
    validate: {
      name: isNotEmpty(strings.missing.name),
      email: isEmail(strings.missing.email),
      password: (value) =>
        hasLength({ min: SHORTEST_PASSWORD }, strings.tooShort)(value) ??
        hasLength({ max: LONGEST_PASSWORD }, strings.tooLong)(value),
      time_zone: isNotEmpty(strings.missing.time_zone),
    },
    transformValues: (values) => ({ ...values, name: values.name.trim(), email: values.email.trim() }),
  });
}

function passwordHint(password: string): string {
  if (password.length === 0) return strings.passwordHint;
  const left = SHORTEST_PASSWORD - password.length;
  return left > 0 ? strings.passwordLeft(left) : strings.passwordLongEnough;
}

function fieldErrors(error: Error): Record<string, string> {
  if (!(error instanceof ApiProblem)) return {};
  return Object.fromEntries(
    Object.entries(error.fields)
      .filter(([path]) => path !== 'token')
      .map(([path, message]) => [path, strings.fieldProblem(message)]),
  );
}
