import { addressKey } from '../../contacts/address.ts';
import { selectContactIn } from '../../contacts/contacts.sql.ts';
import { resubscribe } from '../../contacts/contacts.ts';
import { type Contact, type Directory, homeLane, lookUpContacts } from '../../contacts/directory.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { LaneQueue, Written } from '../../ledger/lane_queue.ts';
import { newId } from '../../lib/uuid.ts';
import { plansOf } from '../../sequences/plan.ts';
import { findPromoPage, type PromoPage } from '../../sequences/promo_pages.ts';
import { readGuards } from '../accept.sql.ts';
import { acceptTriggers } from '../accept.ts';
import { NO_ENTRY, reasonAgainstContact } from '../rules.ts';
import { resubscribeTo } from '../subscriptions.ts';
import {
  type Asked,
  type Confirmation,
  insertConfirmation,
  markConfirmed,
  readAsked,
  readConfirmation,
} from './confirmations.sql.ts';
import type { ConfirmationLink } from './token.ts';

/** A form of a page with double opt-in. `email` is normalised. */
export type Form = { page: PromoPage; email: string; name: string | null };

/**
 * `asked`: a mail with a link is due. `asked_before`: too many have gone to this address already, so none is.
 * `not_needed`: they have confirmed before, or cannot get mail anyway; the sequence may be triggered as ever.
 */
export type AskAnswer = 'asked' | 'asked_before' | 'not_needed';

/** `reason` is why the trigger was suppressed; empty where it was accepted. */
export type ConfirmAnswer =
  | { outcome: 'confirmed'; reason: string }
  | { outcome: 'confirmed_before' }
  | { outcome: 'expired' };

/** Addresses that are confirmed by a link before their sequence is triggered. */
export type Confirmations = {
  /** Asks the owner of an address whether the form is theirs; answers when that is committed. */
  ask(form: Form): Promise<AskAnswer>;
  /**
   * Takes a link as its address's consent: who had unsubscribed is subscribed again, and the sequence of the page is
   * triggered, once, all in one transaction.
   */
  confirm(link: ConfirmationLink, page: PromoPage): Promise<ConfirmAnswer>;
};

/** How long a link works, in days. */
export const LINK_DAYS = 7;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
// Anybody can type anybody's address into a form, so these bound what a stranger can be sent: of one page, and of all.
const BETWEEN_MAILS_MS = 10 * MINUTE;
const MAILS_A_DAY = 3;

/** `onCommitted` hears, after each commit, the lane and the sequences whose counts may have moved. */
export function openConfirmations(options: {
  queue: LaneQueue;
  directory: Directory;
  onCommitted: (lane: number, sequenceIds: string[]) => void;
}): Confirmations {
  const { queue, directory, onCommitted } = options;
  const ask = queue.open<Asking, AskAnswer>({
    laneOf: ({ email }) => homeLane(directory, email),
    write: (tx, lane, items, now) => inTurn(items, (item) => askOwner(tx, directory, lane, item, now)),
    onCommitted: (lane) => onCommitted(lane, []),
  });
  const confirm = queue.open<Confirming, ConfirmAnswer>({
    laneOf: ({ lane }) => lane,
    write: (tx, lane, items, now) =>
      inTurn(items, async (item) => ({ answer: await takeConsent(tx, directory, lane, item, now) })),
    onCommitted: (lane, items) => onCommitted(lane, [...new Set(items.map(({ page }) => page.sequence_id))]),
  });
  return {
    ask: async (form) => only(await ask([{ ...form, contact_id: null }])),
    confirm: async (link, page) => only(await confirm([{ ...link, page }])),
  };
}

/** What a link leads to, at `now`; undefined where it or its page is not there any more. */
export async function findConfirmation(
  db: Db,
  { lane, id }: ConfirmationLink,
  now: Date,
): Promise<{ state: 'open' | 'confirmed' | 'expired'; page: PromoPage } | undefined> {
  const confirmation = await readConfirmation(db, lane, id);
  const page = confirmation && (await findPromoPage(db, confirmation.promo_page_id));
  if (!page) return undefined;
  if (confirmation.confirmed_at) return { state: 'confirmed', page };
  return { state: isExpired(confirmation, now) ? 'expired' : 'open', page };
}

// A form is filled in by hand, so these are few, and each sees what the one before it did.
async function inTurn<Item, Result>(items: Item[], each: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await each(item));
  return results;
}

function only<Answer>([answer]: Answer[]): Answer {
  if (answer === undefined) throw new Error('A confirmation was not answered.');
  return answer;
}

/** `contact_id` is given where the contact is known to live in this lane under another lane's address. */
type Asking = Form & { contact_id: string | null };

async function askOwner(
  tx: Tx,
  directory: Directory,
  lane: number,
  asking: Asking,
  now: Date,
): Promise<Written<Asking, AskAnswer>> {
  const { page, email, name } = asking;
  const contact = await contactOf(tx, directory, lane, asking);
  if (contact && 'movedTo' in contact) {
    const { lane: movedTo, contact_id } = contact.movedTo;
    return { movedTo, item: { ...asking, contact_id } };
  }
  const email_key = addressKey(directory.secret, email);
  const asked = await readAsked(tx, lane, email_key, new Date(now.getTime() - DAY));
  if (!(await mustAsk(tx, lane, page, contact, asked))) return { answer: 'not_needed' };
  if (isEnough(asked, page, now)) return { answer: 'asked_before' };
  const ids = { id: newId(), promo_page_id: page.id, contact_id: contact?.id ?? null };
  await insertConfirmation(tx, lane, { ...ids, email_key, email, name, asked_at: now, confirmed_at: null });
  return { answer: 'asked' };
}

async function contactOf(
  tx: Tx,
  directory: Directory,
  lane: number,
  { contact_id, email }: { contact_id: string | null; email: string },
): Promise<Contact | { movedTo: { lane: number; contact_id: string } } | undefined> {
  if (contact_id !== null) return selectContactIn(tx, lane, contact_id);
  const found = (await lookUpContacts(tx, directory, lane, [email])).get(email);
  return found && 'contact' in found ? found.contact : found;
}

/**
 * Whether the sequence waits for a link. Not where it would start nothing anyway: then the trigger says why, and is
 * counted. Who has unsubscribed is asked again, whatever they confirmed before.
 */
async function mustAsk(tx: Tx, lane: number, page: PromoPage, contact: Contact | undefined, asked: Asked[]) {
  const { sequence_id } = page;
  const plan = (await plansOf(tx, [sequence_id])).get(sequence_id);
  if (plan?.status !== 'active') return false;
  const hasConfirmed = asked.some((each) => each.promo_page_id === page.id && each.confirmed_at);
  if (!contact) return !hasConfirmed;
  const guards = await readGuards(tx, lane, [{ contact_id: contact.id, sequence_id }]);
  const reason = reasonAgainstContact(contact, guards.get(`${contact.id} ${sequence_id}`) ?? NO_ENTRY);
  return reason === null ? !hasConfirmed : reason === 'unsubscribed';
}

function isEnough(asked: Asked[], page: PromoPage, now: Date): boolean {
  const since = (ms: number) => asked.filter(({ asked_at }) => now.getTime() - asked_at.getTime() < ms);
  const ofPage = since(BETWEEN_MAILS_MS).filter(({ promo_page_id }) => promo_page_id === page.id);
  return ofPage.length > 0 || since(DAY).length >= MAILS_A_DAY;
}

type Confirming = ConfirmationLink & { page: PromoPage };

async function takeConsent(
  tx: Tx,
  directory: Directory,
  lane: number,
  { id, page }: Confirming,
  now: Date,
): Promise<ConfirmAnswer> {
  const confirmation = await readConfirmation(tx, lane, id);
  if (confirmation?.confirmed_at) return { outcome: 'confirmed_before' };
  if (!confirmation || isExpired(confirmation, now)) return { outcome: 'expired' };
  const { email, name, contact_id } = confirmation;
  if (email === null) throw new Error(`Confirmation ${id} has no address.`);
  const contact = await contactOf(tx, directory, lane, { contact_id, email });
  // The address was given to somebody of another lane since: they are asked there when they fill in the form again.
  if (contact && 'movedTo' in contact) return { outcome: 'expired' };
  if (contact) await bringBack(tx, contact, page, now);
  const person = { email, name, external_user_id: null };
  const { sequence_id } = page;
  const said = { sequence_id, person, source: 'promo', context: { promo_page: page.slug } };
  const request = { ...said, request_key: null, trusted: false, contact_id: contact?.id ?? null };
  const answer = only(await acceptTriggers(tx, directory, lane, [request], now));
  if ('movedTo' in answer)
    throw new Error(`The contact of confirmation ${id} was in lane ${lane} a moment ago.`);
  await markConfirmed(tx, lane, confirmation, { contact_id: answer.contact_id, at: now });
  return { outcome: 'confirmed', reason: answer.reason };
}

/** They asked for it, so it counts for more than that they left before. */
async function bringBack(
  tx: Tx,
  { lane, id }: Contact,
  { sequence_id }: PromoPage,
  now: Date,
): Promise<void> {
  const record = await selectContactIn(tx, lane, id);
  if (record) await resubscribe(tx, record, now);
  await resubscribeTo(tx, { lane, id }, sequence_id);
}

function isExpired({ asked_at }: Confirmation, now: Date): boolean {
  return now.getTime() - asked_at.getTime() > LINK_DAYS * DAY;
}
