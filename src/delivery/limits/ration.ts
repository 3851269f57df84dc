import type { Enrollment } from '../../enrollment/enrollment.ts';
import type { Claim } from '../claim.ts';
import type { Slot } from './limiter.ts';
import { domainOf } from './limits.ts';
import { OVERALL } from './slots.sql.ts';

/** What one claim has to keep to. */
export type Ration = {
  /** Domains whose turn it is in this lane: what is kept back of them is looked at too. */
  domains: readonly string[];
  /** Whether this domain's limit is used up, or others of its mail come first. */
  mustWait: (domain: string) => boolean;
  /** Slots for mails to these domains, in the order given. */
  reserve: (domains: string[]) => Promise<Slot[]>;
};

/** An enrollment before and after what was decided, and its claim where that is to be sent. */
export type Decided = { before: Enrollment; after: Enrollment; claim: Claim | undefined };

/** Domains of which mail was kept back by this claim; and those asked for of which there may be more. */
export type HeldBackMoves = { held: string[]; left: string[] };

export type Shared = {
  claims: Claim[];
  /** To be written. */
  after: Enrollment[];
  /** How many were left as they were. */
  left: number;
  heldBack: HeldBackMoves;
};

/** How many of each domain's mails that were kept back one claim looks at. */
export function limitOfEach(domains: readonly string[], limit: number): number {
  return Math.max(1, Math.floor(limit / Math.max(1, domains.length)));
}

type Going = Decided & { claim: Claim; domain: string };

/**
 * Has those sent that are given a slot. Where the limit of their domain has none they are kept back, out of the way of
 * others; where that of all mail has none they stay ready, since no other could go in their place. An intent that ran out
 * stays in the row of one that is kept back: its mail may have been sent, and this one is to be the same.
 */
export async function share(
  decided: Decided[],
  ration: Ration,
  { now, limit }: { now: Date; limit: number },
): Promise<Shared> {
  const going = decided.flatMap(({ claim, ...rest }): Going[] =>
    claim ? [{ ...rest, claim, domain: domainOf(claim.contact.email) }] : [],
  );
  const slots = await slotsOf(going, ration);
  const claims: Claim[] = [];
  const after = decided.filter(({ claim }) => !claim).map((each) => each.after);
  const held = new Set<string>();
  for (const mail of going) {
    const slot = slots.get(mail);
    if (slot?.outcome === 'granted') {
      claims.push({ ...mail.claim, not_before: slot.not_before });
      after.push(mail.after);
    } else if (slot?.by !== OVERALL && mail.before.limited_by !== mail.domain) {
      after.push({ ...mail.before, held_at: now, limited_by: mail.domain });
      held.add(mail.domain);
    }
  }
  const left = domainsLeft(decided, claims, ration, limit);
  return { claims, after, left: decided.length - after.length, heldBack: { held: [...held], left } };
}

/** Those without any have not asked: their domain must wait. */
async function slotsOf(going: Going[], { domains, mustWait, reserve }: Ration): Promise<Map<Going, Slot>> {
  const asking = going.filter(
    ({ before, domain }) => domains.includes(before.limited_by ?? '') || !mustWait(domain),
  );
  const slots = asking.length > 0 ? await reserve(asking.map(({ domain }) => domain)) : [];
  return new Map(asking.flatMap((mail, i) => (slots[i] ? [[mail, slots[i]] as const] : [])));
}

function domainsLeft(decided: Decided[], claims: Claim[], { domains }: Ration, limit: number): string[] {
  const sent = new Set(claims.map(({ enrollment_id }) => enrollment_id));
  return domains.filter((domain) => {
    const found = decided.filter(({ before }) => before.limited_by === domain);
    const stays = found.some(({ before, claim }) => claim && !sent.has(before.id));
    return stays || found.length >= limitOfEach(domains, limit);
  });
}
