import type { Person } from '../contacts/directory.ts';
import { type Chance, pick, pickWeighted, seededChance } from '../lib/random.ts';
import { latin } from './latin.ts';
import { NAMINGS, type Naming } from './names.ts';

/** Somebody made up. `time_zone` is an IANA name. */
export type MadeUpPerson = Person & { properties: Record<string, unknown>; time_zone: string };

/**
 * The people of a seed, by number from 0: the same number is the same person for ever, so that nobody has to be
 * remembered. Addresses are unique, and lead nowhere: their domains are reserved for examples (RFC 2606).
 */
export function peopleOf(seed: string): (index: number) => MadeUpPerson {
  const chance = seededChance(`${seed} people`);
  const people: MadeUpPerson[] = [];
  const taken = new Set<string>();
  return (index) => {
    while (people.length <= index) people.push(makeUp(chance, people.length, taken));
    const person = people[index];
    if (!person) throw new Error(`There is nobody of number ${index}.`);
    return person;
  };
}

// Not everybody gives a name, and not everybody is a user of the shop's own application.
const NAMELESS = 0.06;
const REGISTERED = 0.6;
const FIRST_USER_ID = 104_200;
const DRINKS = ['filter', 'espresso', 'decaf', 'cold brew'];
const DOMAINS = [
  ['example.com', 5],
  ['example.org', 3],
  ['example.net', 2],
] as const;

function makeUp(chance: Chance, index: number, taken: Set<string>): MadeUpPerson {
  const naming = pickWeighted(
    chance,
    NAMINGS.map((one) => [one, one.weight] as const),
  );
  const [given, family] = nameOf(chance, naming);
  const email = addressOf(chance, latin(given, naming.spelt), latin(family, naming.spelt), taken);
  taken.add(email);
  return {
    email,
    name: chance() < NAMELESS ? null : `${given} ${family}`,
    external_user_id: chance() < REGISTERED ? `C-${FIRST_USER_ID + index}` : null,
    properties: { country: naming.country, drinks: pick(chance, DRINKS) },
    time_zone: naming.time_zone,
  };
}

function nameOf(chance: Chance, { women, men, family, womans }: Naming): [string, string] {
  const isWoman = chance() < 0.5;
  const familyName = pick(chance, family);
  return [pick(chance, isWoman ? women : men), isWoman && womans ? womans(familyName) : familyName];
}

// As people do, they take the plain form while it is free, and then put a number behind it.
function addressOf(chance: Chance, given: string, family: string, taken: Set<string>): string {
  const forms = [
    `${given}.${family}`,
    `${given.slice(0, 1)}.${family}`,
    `${given}${family}`,
    `${family}.${given}`,
    `${given}_${family}`,
  ];
  const form = pick(chance, forms);
  const domain = pickWeighted(chance, DOMAINS);
  let address = `${form}@${domain}`;
  for (let most = 100; taken.has(address); most *= 2)
    address = `${form}${Math.floor(chance() * most)}@${domain}`;
  return address;
}
