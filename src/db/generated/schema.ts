// What each column holds, for Kysely. Written by npm run generate from the migrated schema.

import type { ColumnType } from "kysely";

export type ArrayType<T> = ArrayTypeImpl<T> extends (infer U)[]
  ? U[]
  : ArrayTypeImpl<T>;

export type ArrayTypeImpl<T> = T extends ColumnType<infer S, infer I, infer U>
  ? ColumnType<S[], I[], U[]>
  : T[];

export type Generated<T> = T extends ColumnType<infer S, infer I, infer U>
  ? ColumnType<S, I | undefined, U>
  : ColumnType<T, T | undefined, T>;

export type Json = JsonValue;

export type JsonArray = JsonValue[];

export type JsonObject = {
  [x: string]: JsonValue | undefined;
};

export type JsonPrimitive = boolean | number | string | null;

export type JsonValue = JsonArray | JsonObject | JsonPrimitive;

export type Timestamp = ColumnType<Date, Date | string, Date | string>;

export interface SequiturAccounts {
  access_token: string | null;
  access_token_expires_at: Timestamp | null;
  account_id: string;
  created_at: Generated<Timestamp>;
  id: string;
  id_token: string | null;
  password: string | null;
  provider_id: string;
  refresh_token: string | null;
  refresh_token_expires_at: Timestamp | null;
  scope: string | null;
  updated_at: Generated<Timestamp>;
  user_id: string;
}

export interface SequiturAllEnrollmentSteps {
  at: Timestamp | null;
  contact_id: string | null;
  enrollment_id: string | null;
  entered_at: Timestamp | null;
  lane: number | null;
  outcome: string | null;
  reason: string | null;
  reply: string | null;
  revision: number | null;
  sequence_id: string | null;
  source: string | null;
  step_id: string | null;
}

export interface SequiturAllExecutions {
  contact_id: string | null;
  context: Json | null;
  enrollment_id: string | null;
  executed_at: Timestamp | null;
  id: string | null;
  lane: number | null;
  message_id: string | null;
  recipient_email: string | null;
  recipient_user_id: string | null;
  revision: number | null;
  sequence_id: string | null;
  source: string | null;
  step_id: string | null;
  via: string | null;
}

export interface SequiturAllTriggers {
  contact_id: string | null;
  context: Json | null;
  enrollment_id: string | null;
  id: string | null;
  lane: number | null;
  occurred_at: Timestamp | null;
  outcome: string | null;
  reason: string | null;
  request_key: string | null;
  sequence_id: string | null;
  source: string | null;
}

export interface SequiturApiKeys {
  created_at: Generated<Timestamp>;
  created_by: string | null;
  hash: Buffer;
  id: string;
  last_used_at: Timestamp | null;
  name: string;
  prefix: string;
  revoked_at: Timestamp | null;
}

export interface SequiturAuditLog {
  action: string;
  actor_id: string | null;
  actor_kind: string;
  actor_name: string | null;
  at: Generated<Timestamp>;
  detail: Generated<Json>;
  id: string;
  object_id: string | null;
  object_type: string | null;
}

export interface SequiturCalendarLanes {
  built_at: Generated<Timestamp>;
  calendar_id: number;
  lane: number;
}

export interface SequiturCalendars {
  created_at: Generated<Timestamp>;
  id: number;
  status: string;
  time_zone: string;
}

export interface SequiturCapturedMails {
  captured_at: Timestamp;
  contact_id: string | null;
  headers: Json;
  html: string;
  id: string;
  kind: string;
  lane: number;
  message_id: string;
  recipient: string;
  revision: number | null;
  sender: string;
  sequence_id: string;
  step_id: string | null;
  subject: string;
  text: string;
}

export interface SequiturConfirmations {
  asked_at: Timestamp;
  attempts: Generated<number>;
  claimed_epoch: number | null;
  claimed_until: Timestamp | null;
  confirmed_at: Timestamp | null;
  contact_id: string | null;
  due_at: Timestamp | null;
  email: string | null;
  email_key: Buffer;
  id: string;
  lane: number;
  last_error: string | null;
  name: string | null;
  promo_page_id: string;
  sent_at: Timestamp | null;
}

export interface SequiturContactEmails {
  contact_id: string;
  contact_lane: number;
  created_at: Timestamp;
  email_key: Buffer;
  lane: number;
  normalisation: number;
}

export interface SequiturContacts {
  created_at: Timestamp;
  email: string;
  erased_at: Timestamp | null;
  external_user_id: string | null;
  id: string;
  lane: number;
  merged_into: string | null;
  name: string | null;
  properties: Generated<Json>;
  suppressed_at: Timestamp | null;
  suppressed_reason: string | null;
  time_zone: string | null;
  unsubscribed_at: Timestamp | null;
  updated_at: Timestamp;
}

export interface SequiturEnrollments {
  attempts: Generated<number>;
  claimed_epoch: number | null;
  claimed_revision: number | null;
  claimed_step_id: string | null;
  claimed_until: Timestamp | null;
  contact_id: string;
  context: Generated<Json>;
  due_at: Timestamp | null;
  enrolled_at: Timestamp;
  exit_reason: string | null;
  finished_at: Timestamp | null;
  held_at: Timestamp | null;
  id: string;
  lane: number;
  last_error: string | null;
  last_step_id: string | null;
  limited_by: string | null;
  next_entered_at: Timestamp | null;
  next_revision: number | null;
  next_step_id: string | null;
  sequence_id: string;
  source: string;
  status: string;
}

export interface SequiturEnrollmentSteps {
  at: Timestamp;
  contact_id: string;
  enrollment_id: string;
  entered_at: Timestamp;
  lane: number;
  outcome: string;
  reason: Generated<string>;
  reply: string | null;
  revision: number;
  sequence_id: string;
  source: string;
  step_id: string;
}

export interface SequiturEnrollmentStepsArchive {
  at: Timestamp;
  contact_id: string;
  enrollment_id: string;
  entered_at: Timestamp;
  lane: number;
  outcome: string;
  reason: Generated<string>;
  reply: string | null;
  revision: number;
  sequence_id: string;
  source: string;
  step_id: string;
}

export interface SequiturEventTriggers {
  created_at: Timestamp;
  enabled: Generated<boolean>;
  event_name: string;
  filters: Generated<Json>;
  id: string;
  sequence_id: string;
  updated_at: Timestamp;
}

export interface SequiturExecutionKeys {
  contact_id: string;
  digest: Buffer;
  executed_at: Timestamp;
  key: string;
  lane: number;
}

export interface SequiturFeedback {
  contact_id: string;
  enrollment_id: string | null;
  execution_id: string | null;
  id: string;
  kind: string | null;
  lane: number;
  occurred_at: Timestamp;
  reason: Generated<string>;
  recorded_at: Timestamp;
  reply: string | null;
  revision: number | null;
  sequence_id: string | null;
  step_id: string | null;
  type: string;
  via: string;
}

export interface SequiturFunnelCounts {
  calendar_id: number | null;
  day: string | null;
  lane: number | null;
  n: number | null;
  outcome: string | null;
  reason: string | null;
  revision: number | null;
  sequence_id: string | null;
  source: string | null;
  step_id: string | null;
}

export interface SequiturFunnelDeltas {
  calendar_id: number;
  day: string[];
  id: string;
  lane: number;
  n: ArrayType<number>;
  outcome: string[];
  reason: string[];
  revision: number[];
  sequence_id: string;
  source: string[];
  step_id: string[];
}

export interface SequiturFunnelSpans {
  calendar_id: number;
  day: string;
  lane: number;
  n: number;
  outcome: string;
  reason: string;
  revision: number;
  sequence_id: string;
  source: string;
  span: string;
  step_id: string;
}

export interface SequiturGoalKeys {
  created_at: Timestamp;
  email_key: Buffer;
  ended: number;
  lane: number;
  request_key: string;
  sequence_id: string;
}

export interface SequiturLaneLeases {
  epoch: Generated<number>;
  lane: number;
  lease_until: Timestamp | null;
  owner: string | null;
}

export interface SequiturLanes {
  lane: number;
}

export interface SequiturMigrations {
  name: string;
  timestamp: string;
}

export interface SequiturMigrationsLock {
  id: string;
  is_locked: Generated<number>;
}

export interface SequiturPeopleCounts {
  calendar_id: number | null;
  day: string | null;
  lane: number | null;
  n: number | null;
  prev_day: string | null;
}

export interface SequiturPeopleDeltas {
  calendar_id: number;
  day: string[];
  id: string;
  lane: number;
  n: ArrayType<number>;
  prev_day: string[];
}

export interface SequiturPeopleSpans {
  calendar_id: number;
  day: string;
  lane: number;
  n: number;
  prev_day: string;
  span: string;
}

export interface SequiturPromoPages {
  button_label: string;
  closed_text: string;
  confirmation_subject: string | null;
  confirmation_text: string | null;
  created_at: Timestamp;
  double_opt_in: Generated<boolean>;
  id: string;
  intro: string;
  sequence_id: string;
  slug: string;
  thanks_text: string;
  thanks_title: string;
  title: string;
  updated_at: Timestamp;
}

export interface SequiturReachCounts {
  calendar_id: number | null;
  day: string | null;
  lane: number | null;
  n: number | null;
  prev_day: string | null;
  prev_same_source_day: string | null;
  sequence_id: string | null;
  source: string | null;
}

export interface SequiturReachDeltas {
  calendar_id: number;
  day: string[];
  id: string;
  lane: number;
  n: ArrayType<number>;
  prev_day: string[];
  prev_same_source_day: string[];
  sequence_id: string;
  source: string[];
}

export interface SequiturReachSpans {
  calendar_id: number;
  day: string;
  lane: number;
  n: number;
  prev_day: string;
  sequence_id: string;
  span: string;
}

export interface SequiturRecipients {
  contact_id: string;
  first_at: Timestamp;
  lane: number;
  last_at: Timestamp;
  n: number;
  sequence_id: string;
  source: string;
}

export interface SequiturRecounts {
  counters: Json;
  differing: number;
  finished_at: Timestamp;
  id: string;
  keys: number;
  repaired: boolean;
  started_at: Timestamp;
  trigger: string;
}

export interface SequiturReportedSteps {
  id: string;
  name: string;
  sequence_id: string;
}

export interface SequiturResumptions {
  marks: Json;
  overdue: number;
  resumed_at: Timestamp;
  sequence_id: string;
}

export interface SequiturSendSlots {
  day: Generated<string>;
  key: string;
  next_at: Generated<Timestamp>;
  refused_at: Timestamp | null;
  sent_today: Generated<number>;
}

export interface SequiturSequenceEntries {
  active_enrollments: Generated<number>;
  contact_id: string;
  entries: Generated<number>;
  lane: number;
  last_entered_at: Timestamp | null;
  sequence_id: string;
  unsubscribed_at: Timestamp | null;
}

export interface SequiturSequenceExecutions {
  contact_id: string;
  context: Generated<Json>;
  enrollment_id: string | null;
  executed_at: Timestamp;
  id: string;
  lane: number;
  message_id: string | null;
  recipient_email: string;
  recipient_user_id: string | null;
  revision: number | null;
  sequence_id: string;
  source: string;
  step_id: string | null;
  via: string;
}

export interface SequiturSequenceExecutionsArchive {
  contact_id: string;
  context: Generated<Json>;
  enrollment_id: string | null;
  executed_at: Timestamp;
  id: string;
  lane: number;
  message_id: string | null;
  recipient_email: string;
  recipient_user_id: string | null;
  revision: number | null;
  sequence_id: string;
  source: string;
  step_id: string | null;
  via: string;
}

export interface SequiturSequenceGoals {
  created_at: Timestamp;
  event_name: string;
  filters: Generated<Json>;
  id: string;
  sequence_id: string;
  updated_at: Timestamp;
}

export interface SequiturSequences {
  activated_at: Timestamp | null;
  created_at: Timestamp;
  description: Generated<string>;
  example: string | null;
  id: string;
  key: string;
  name: string;
  paused_at: Timestamp | null;
  reentry: string;
  reentry_days: number | null;
  send_window: Json | null;
  status: string;
  updated_at: Timestamp;
}

export interface SequiturSequenceSteps {
  created_at: Timestamp;
  id: string;
  position: number;
  removed_at: Timestamp | null;
  revision: number;
  sequence_id: string;
}

export interface SequiturSequenceTotals {
  executions: Generated<number>;
  lane: number;
  last_executed_at: Timestamp | null;
  recipients: Generated<number>;
  sequence_id: string;
  suppressed: Generated<number>;
  triggers: Generated<number>;
}

export interface SequiturSessions {
  created_at: Generated<Timestamp>;
  expires_at: Timestamp;
  id: string;
  ip_address: string | null;
  token: string;
  updated_at: Generated<Timestamp>;
  user_agent: string | null;
  user_id: string;
}

export interface SequiturSettings {
  key: string;
  updated_at: Generated<Timestamp>;
  value: Json;
}

export interface SequiturSourceReachSpans {
  calendar_id: number;
  day: string;
  lane: number;
  n: number;
  prev_day: string;
  sequence_id: string;
  source: string;
  span: string;
}

export interface SequiturStepCounts {
  calendar_id: number | null;
  day: string | null;
  lane: number | null;
  n: number | null;
  revision: number | null;
  sequence_id: string | null;
  source: string | null;
  step_id: string | null;
}

export interface SequiturStepDeltas {
  calendar_id: number;
  day: string[];
  id: string;
  lane: number;
  n: ArrayType<number>;
  revision: number[];
  sequence_id: string;
  source: string[];
  step_id: string[];
}

export interface SequiturStepRevisions {
  created_at: Timestamp;
  created_by: string | null;
  delay_seconds: number;
  html: string;
  revision: number;
  send_at: string | null;
  skip_if: Generated<Json>;
  step_id: string;
  subject: string;
  text: string | null;
}

export interface SequiturStepSpans {
  calendar_id: number;
  day: string;
  lane: number;
  n: number;
  revision: number;
  sequence_id: string;
  source: string;
  span: string;
  step_id: string;
}

export interface SequiturTriggerCounts {
  calendar_id: number;
  day: string;
  lane: number;
  n: number;
  outcome: string;
  reason: string;
  sequence_id: string;
  source: string;
}

export interface SequiturTriggerKeys {
  contact_id: string;
  created_at: Timestamp;
  enrollment_id: string | null;
  lane: number;
  outcome: string;
  reason: string;
  request_key: string;
  sequence_id: string;
  trigger_id: string;
}

export interface SequiturTriggerRequests {
  created_at: Timestamp;
  digest: Buffer;
  lane: number;
  request_key: string;
}

export interface SequiturTriggers {
  contact_id: string;
  context: Generated<Json>;
  enrollment_id: string | null;
  id: string;
  lane: number;
  occurred_at: Timestamp;
  outcome: string;
  reason: Generated<string>;
  request_key: string | null;
  sequence_id: string;
  source: string;
}

export interface SequiturTriggersArchive {
  contact_id: string;
  context: Generated<Json>;
  enrollment_id: string | null;
  id: string;
  lane: number;
  occurred_at: Timestamp;
  outcome: string;
  reason: Generated<string>;
  request_key: string | null;
  sequence_id: string;
  source: string;
}

export interface SequiturUsers {
  created_at: Generated<Timestamp>;
  email: string;
  email_verified: Generated<boolean>;
  id: string;
  image: string | null;
  name: string;
  role: Generated<string>;
  updated_at: Generated<Timestamp>;
}

export interface SequiturVerifications {
  created_at: Generated<Timestamp>;
  expires_at: Timestamp;
  id: string;
  identifier: string;
  updated_at: Generated<Timestamp>;
  value: string;
}

export interface SequiturWeeklyCounts {
  calendar_id: number;
  day: string;
  friday: Generated<number>;
  lane: number;
  monday: Generated<number>;
  saturday: Generated<number>;
  sequence_id: string;
  sunday: Generated<number>;
  thursday: Generated<number>;
  tuesday: Generated<number>;
  wednesday: Generated<number>;
}

export interface SequiturWorkers {
  id: string;
  report: Generated<Json>;
  seen_until: Timestamp;
}

export interface SequiturWorkspaceTotals {
  executions: Generated<number>;
  lane: number;
  people: Generated<number>;
  suppressed: Generated<number>;
  triggers: Generated<number>;
}

export interface DB {
  "sequitur.accounts": SequiturAccounts;
  "sequitur.all_enrollment_steps": SequiturAllEnrollmentSteps;
  "sequitur.all_executions": SequiturAllExecutions;
  "sequitur.all_triggers": SequiturAllTriggers;
  "sequitur.api_keys": SequiturApiKeys;
  "sequitur.audit_log": SequiturAuditLog;
  "sequitur.calendar_lanes": SequiturCalendarLanes;
  "sequitur.calendars": SequiturCalendars;
  "sequitur.captured_mails": SequiturCapturedMails;
  "sequitur.confirmations": SequiturConfirmations;
  "sequitur.contact_emails": SequiturContactEmails;
  "sequitur.contacts": SequiturContacts;
  "sequitur.enrollment_steps": SequiturEnrollmentSteps;
  "sequitur.enrollment_steps_archive": SequiturEnrollmentStepsArchive;
  "sequitur.enrollments": SequiturEnrollments;
  "sequitur.event_triggers": SequiturEventTriggers;
  "sequitur.execution_keys": SequiturExecutionKeys;
  "sequitur.feedback": SequiturFeedback;
  "sequitur.funnel_counts": SequiturFunnelCounts;
  "sequitur.funnel_deltas": SequiturFunnelDeltas;
  "sequitur.funnel_spans": SequiturFunnelSpans;
  "sequitur.goal_keys": SequiturGoalKeys;
  "sequitur.lane_leases": SequiturLaneLeases;
  "sequitur.lanes": SequiturLanes;
  "sequitur.migrations": SequiturMigrations;
  "sequitur.migrations_lock": SequiturMigrationsLock;
  "sequitur.people_counts": SequiturPeopleCounts;
  "sequitur.people_deltas": SequiturPeopleDeltas;
  "sequitur.people_spans": SequiturPeopleSpans;
  "sequitur.promo_pages": SequiturPromoPages;
  "sequitur.reach_counts": SequiturReachCounts;
  "sequitur.reach_deltas": SequiturReachDeltas;
  "sequitur.reach_spans": SequiturReachSpans;
  "sequitur.recipients": SequiturRecipients;
  "sequitur.recounts": SequiturRecounts;
  "sequitur.reported_steps": SequiturReportedSteps;
  "sequitur.resumptions": SequiturResumptions;
  "sequitur.send_slots": SequiturSendSlots;
  "sequitur.sequence_entries": SequiturSequenceEntries;
  "sequitur.sequence_executions": SequiturSequenceExecutions;
  "sequitur.sequence_executions_archive": SequiturSequenceExecutionsArchive;
  "sequitur.sequence_goals": SequiturSequenceGoals;
  "sequitur.sequence_steps": SequiturSequenceSteps;
  "sequitur.sequence_totals": SequiturSequenceTotals;
  "sequitur.sequences": SequiturSequences;
  "sequitur.sessions": SequiturSessions;
  "sequitur.settings": SequiturSettings;
  "sequitur.source_reach_spans": SequiturSourceReachSpans;
  "sequitur.step_counts": SequiturStepCounts;
  "sequitur.step_deltas": SequiturStepDeltas;
  "sequitur.step_revisions": SequiturStepRevisions;
  "sequitur.step_spans": SequiturStepSpans;
  "sequitur.trigger_counts": SequiturTriggerCounts;
  "sequitur.trigger_keys": SequiturTriggerKeys;
  "sequitur.trigger_requests": SequiturTriggerRequests;
  "sequitur.triggers": SequiturTriggers;
  "sequitur.triggers_archive": SequiturTriggersArchive;
  "sequitur.users": SequiturUsers;
  "sequitur.verifications": SequiturVerifications;
  "sequitur.weekly_counts": SequiturWeeklyCounts;
  "sequitur.workers": SequiturWorkers;
  "sequitur.workspace_totals": SequiturWorkspaceTotals;
}
