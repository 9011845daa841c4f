// One bounce through JavaScript: a trap below it becomes a value here instead of an exception that unwinds nothing
// and leaves the caller waiting for ever.

/** @internal Runs `f`. Gives back `undefined`, or what was thrown. */
export function attempt(f) {
  try {
    f();
  } catch (thrown) {
    return thrown ?? new Error("thrown: " + thrown);
  }
}
