/** Calls back into the module: a trap inside comes back to it as an exception, which it can answer. */
export function attempt(work) {
  work();
}
