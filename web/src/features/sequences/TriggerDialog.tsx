import { Button, Modal, TextInput } from '@mantine/core';
import { isEmail, useForm } from '@mantine/form';
import { IconCircleCheck, IconInfoCircle } from '@tabler/icons-react';
import { useRef } from 'react';
import { ApiProblem } from '../../api/problem.ts';
import { FormProblem } from '../../ui/FormProblem.tsx';
import { Stack } from '../../ui/Stack.tsx';
import { type SequenceSummary, useTrigger } from './queries.ts';
import { reasonText, triggerStrings as strings } from './strings.tsx';
import classes from './TriggerDialog.module.css';

export type TriggerDialogProps = {
  sequence: Pick<SequenceSummary, 'sequence_id' | 'sequence_name'>;
  onClose: () => void;
};

type Fields = { email: string; name: string };

/** Starts a sequence for one address, and says what came of it. */
export default function TriggerDialog({ sequence, onClose }: TriggerDialogProps) {
  const trigger = useTrigger();
  return (
    <Modal opened onClose={onClose} title={strings.title(sequence.sequence_name)} centered>
      {trigger.data ? (
        <Outcome
          result={trigger.data}
          email={trigger.variables.email}
          onAnother={trigger.reset}
          onClose={onClose}
        />
      ) : (
        <TriggerForm sequence={sequence} trigger={trigger} />
      )}
    </Modal>
  );
}

type TriggerFormProps = { sequence: TriggerDialogProps['sequence']; trigger: ReturnType<typeof useTrigger> };

function TriggerForm({ sequence, trigger }: TriggerFormProps) {
  const keyFor = useRequestKey();
  const form = useForm<Fields>({
    initialValues: { email: '', name: '' },
    validate: { email: (value) => isEmail(strings.emailMissing)(value.trim()) },
  });
  const submit = form.onSubmit((values) => {
    const fields = { email: values.email.trim(), name: values.name.trim() };
    trigger.mutate(
      { sequenceId: sequence.sequence_id, ...fields, key: keyFor(fields) },
      { onError: (error) => form.setErrors(fieldErrors(error)) },
    );
  });
  return (
    <form onSubmit={submit} noValidate>
      <p className={classes.lead}>{strings.lead}</p>
      <Stack>
        {trigger.error && Object.keys(fieldErrors(trigger.error)).length === 0 && (
          <FormProblem>
            {trigger.error instanceof ApiProblem ? trigger.error.message : strings.noAnswer}
          </FormProblem>
        )}
        <TextInput
          label={strings.email}
          type="email"
          inputMode="email"
          autoComplete="off"
          data-autofocus
          {...form.getInputProps('email')}
        />
        <TextInput
          label={strings.name}
          description={strings.nameHint}
          autoComplete="off"
          {...form.getInputProps('name')}
        />
        <Button type="submit" loading={trigger.isPending}>
          {strings.submit}
        </Button>
      </Stack>
    </form>
  );
}

type OutcomeProps = {
  result: NonNullable<ReturnType<typeof useTrigger>['data']>;
  email: string;
  onAnother: () => void;
  onClose: () => void;
};

function Outcome({ result, email, onAnother, onClose }: OutcomeProps) {
  const started = result.outcome === 'accepted';
  return (
    <Stack>
      <div className={classes.outcome} role="status" data-started={started}>
        {started ? <IconCircleCheck aria-hidden="true" /> : <IconInfoCircle aria-hidden="true" />}
        <div>
          <p>
            <b>{started ? strings.accepted(email) : strings.suppressed(email)}</b>
          </p>
          <p>{started ? strings.acceptedHint : reasonText(result.reason ?? '')}</p>
        </div>
      </div>
      <div className={classes.actions}>
        <Button variant="default" onClick={onAnother}>
          {strings.another}
        </Button>
        <Button onClick={onClose} data-autofocus>
          {strings.done}
        </Button>
      </div>
    </Stack>
  );
}

/** One key for the same fields, however often they are sent: a second try after a lost answer counts once. */
function useRequestKey(): (fields: Fields) => string {
  const last = useRef({ fields: '', key: '' });
  return (fields) => {
    const written = JSON.stringify(fields);
    if (last.current.fields !== written) last.current = { fields: written, key: randomKey() };
    return last.current.key;
  };
}

// crypto.randomUUID is missing on plain http, where many a first trial runs.
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, '0')).join(
    '',
  );
}

// The API's names for the fields.
function fieldErrors(error: Error): Partial<Fields> {
  if (!(error instanceof ApiProblem)) return {};
  const { recipient_email: email, name } = error.fields;
  return {
    ...(email && { email: strings.fieldProblem(email) }),
    ...(name && { name: strings.fieldProblem(name) }),
  };
}
