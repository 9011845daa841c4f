// The assertions of the checks: plain, so that they run in every runtime. Each throws when it does not hold.

export function equal(got, want, what = "") {
  if (!Object.is(got, want)) fail(`${what ? `${what}: ` : ""}got ${show(got)}, want ${show(want)}`);
}

/** Equal as JSON. */
export function same(got, want, what = "") {
  equal(JSON.stringify(got), JSON.stringify(want), what);
}

export function ok(value, what) {
  if (!value) fail(what);
}

/** What the function, or the promise it returns, throws. */
export async function thrown(work) {
  try {
    await work();
  } catch (error) {
    return error;
  }
  fail("nothing was thrown");
}

export function fail(message) {
  throw new Error(message);
}

function show(value) {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
