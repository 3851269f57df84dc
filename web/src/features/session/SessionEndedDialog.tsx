import { Modal } from '@mantine/core';
import classes from './SessionEndedDialog.module.css';
import { SignInForm } from './SignInForm.tsx';
import { strings } from './strings.ts';

/**
 * Asks for the password over the page as it is, so that nothing typed there is lost. A move to the sign-in page
 * was rejected for that. It goes away by itself once somebody is signed in.
 */
export default function SessionEndedDialog() {
  return (
    <Modal
      opened
      onClose={() => {}}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={strings.endedTitle}
      centered
      zIndex={400}
    >
      <p className={classes.lead}>{strings.ended}</p>
      <SignInForm onSignedIn={() => {}} />
    </Modal>
  );
}
