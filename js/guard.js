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

/** @internal Lets a promise end as it likes: a rejection of it is nobody's. */
export function ignore(promise) {
  promise.then(undefined, () => {});
}

/** @internal Gives the object a member that throws when it is read. */
export function refuseMember(object, key, why) {
  Object.defineProperty(object, key, {
    enumerable: true,
    get() {
      throw why;
    },
  });
}
