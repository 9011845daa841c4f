// A clock that does not wait. Time stands still while anything is going on; when all is quiet, the sleep that ends first ends. So a pause
// between attempts passes, and a deadline passes only if what it guards never comes: it would show in the answer.

/** Quiet means that many turns of the event loop without work of the server and without a new sleep. */
const QUIET_TURNS = 8;

/** `busy` says whether the server still has something to say. */
export function fakeClock(busy) {
  let now = Date.UTC(2026, 0, 1);
  const sleepers = new Set();
  let quiet = 0;
  let turning = false;

  const turn = () => {
    turning = sleepers.size > 0;
    if (!turning) return;
    quiet = busy() ? 0 : quiet + 1;
    if (quiet > QUIET_TURNS) wake([...sleepers].reduce((first, one) => (one.due < first.due ? one : first)));
    setImmediate(turn);
  };
  const wake = (sleeper) => {
    quiet = 0;
    now = sleeper.due;
    sleepers.delete(sleeper);
    sleeper.resolve();
  };

  const sleep = (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const sleeper = { due: now + ms, resolve };
      sleepers.add(sleeper);
      signal?.addEventListener("abort", () => {
        sleepers.delete(sleeper);
        reject(signal.reason);
      }, { once: true });
      quiet = 0;
      if (!turning) {
        turning = true;
        setImmediate(turn);
      }
    });

  return { now: () => now, sleep };
}
