/** What came back of a mail, as it is kept: a bounce (of a kind) or a complaint (kind null), of one contact. */
export type Feedback = {
  contact_id: string;
  /** Derived from the contact and what identifies it: what is told twice has the same one. */
  id: string;
  type: 'bounce' | 'complaint';
  /** `hard`: the address does not work. `soft`: it did not work this time. */
  kind: 'hard' | 'soft' | null;
  /** Told by the mail server in the dialogue, or reported later. */
  via: 'smtp' | 'reported';
  /** The mail that it speaks of: these three are null where that is not known. */
  sequence_id: string | null;
  enrollment_id: string | null;
  step_id: string | null;
  revision: number | null;
  /** The mail's execution; null where there is none, as the mail was refused. */
  execution_id: string | null;
  /** A mail server's answer by its name in `delivery/send/outcome.ts`; else the empty text. */
  reason: string;
  /** The words of whoever refused it. They may name the person, so nothing is kept of somebody erased. */
  reply: string | null;
  occurred_at: Date;
  recorded_at: Date;
};

/** A bounce or a complaint that somebody reports. At least one of address and Message-ID is given. */
export type ReportedFeedback = Pick<Feedback, 'type' | 'kind' | 'reply'> & {
  /** Normalised. */
  recipient_email: string | null;
  /** Of the mail that came back, with or without angle brackets. One that is not ours is as good as none. */
  message_id: string | null;
  /** Null, which takes an id: now. */
  occurred_at: Date | null;
  /** The reporter's own id for it, unique for each recipient; null: what it says is its identity. */
  id: string | null;
};

/** Why nothing may be sent any more to whom this came from; null where it is no reason. */
export function condemns({ type, kind }: Pick<Feedback, 'type' | 'kind'>): 'bounced' | 'complained' | null {
  if (type === 'complaint') return 'complained';
  return kind === 'hard' ? 'bounced' : null;
}
