import { BIRTHDAY } from './examples/birthday.ts';
import { BREWING_CLASS } from './examples/brewing_class.ts';
import { CART_REMINDER } from './examples/cart_reminder.ts';
import type { ExampleSequence } from './examples/example.ts';
import { FEEDBACK_REQUEST } from './examples/feedback_request.ts';
import { NEWSLETTER_CONFIRMATION } from './examples/newsletter_confirmation.ts';
import { ONBOARDING } from './examples/onboarding.ts';
import { PRODUCT_LAUNCH } from './examples/product_launch.ts';
import { REFERRAL } from './examples/referral.ts';
import { SPRING_SALE } from './examples/spring_sale.ts';
import { TRIAL_ENDING } from './examples/trial_ending.ts';
import { WELCOME } from './examples/welcome.ts';
import { WIN_BACK } from './examples/win_back.ts';

export type { ExampleSequence } from './examples/example.ts';

/** What an empty workspace is given: three active promo sequences with their pages. */
export const EXAMPLE_SEQUENCES: readonly ExampleSequence[] = [SPRING_SALE, WELCOME, WIN_BACK];

/** The sequences of the demo workspace: the examples, and nine more in every status. */
export const DEMO_SEQUENCES: readonly ExampleSequence[] = [
  ...EXAMPLE_SEQUENCES,
  CART_REMINDER,
  ONBOARDING,
  TRIAL_ENDING,
  BIRTHDAY,
  FEEDBACK_REQUEST,
  NEWSLETTER_CONFIRMATION,
  BREWING_CLASS,
  PRODUCT_LAUNCH,
  REFERRAL,
];
