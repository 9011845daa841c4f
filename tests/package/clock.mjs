// Waiting in virtual time, for work that goes through streams: it takes as many turns as its runtime needs.
const ROUNDS = 500;

/** Lets things go on, without time, until this is so. */
export async function until(clock, reached, what) {
  for (let round = 0; round < ROUNDS; round++) {
    if (reached()) return;
    await clock.advance(0);
  }
  throw new Error(`this never came: ${what}`);
}

/** Waits until something sleeps for so long, from now. */
export const asleep = (clock, ms) => until(clock, () => clock.pending.some((left) => Math.abs(left - ms) < 1), `a sleep of ${ms} ms`);
