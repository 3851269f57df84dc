import { afterAll, beforeAll, describe, test } from 'vitest';
import { CrashingPostgres } from './postgres.ts';
import { playRound } from './round.ts';

// Each round has the seed after the one before it. The same seed has the same things go wrong at the same moments; what
// they hit is up to the machine.
const ROUNDS = Number(process.env.ROUNDS ?? 10);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const ROUND_MS = 180_000;

let postgres: CrashingPostgres;

beforeAll(async () => {
  postgres = await CrashingPostgres.start();
});

afterAll(() => postgres?.[Symbol.asyncDispose]());

describe('whatever is killed, stopped or refused, each trigger comes to its end and each email is counted once', () => {
  test.for(Array.from({ length: ROUNDS }, (_, n) => String(SEED + n)))(
    'SEED=%s',
    { timeout: ROUND_MS },
    async (seed) => {
      const played = playRound(postgres, seed);
      // At once: the report comes when all rounds are over, which may take long.
      played.catch((error) => process.stdout.write(`SEED=${seed} FAILED: ${error}\n`));
      process.stdout.write(`${await played}\n`);
    },
  );
});
