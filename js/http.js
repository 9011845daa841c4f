// Requests: the one place that makes them. What is decided about them is decided elsewhere.

import { readBytes } from "./host.js";

/** Where error bodies end although they go on, in bytes. */
const SMALL_BODY = 65536;

/** @internal What was thrown, as far as it is text. Runtimes put no header and no body into it. */
export const said = (thrown) => (thrown instanceof Error && thrown.message) || "the network failed";

/** @internal A request under way, which can be stopped at any time. */
export class Exchange {
  #controller = new AbortController();
  #cancel;

  /** The head of the answer. Redirects are not followed: a token stays with its origin. */
  send(fetch, url, method, headers, body) {
    return fetch(new Request(url, { method, headers, body, signal: this.#controller.signal, redirect: "manual" }));
  }

  /** Says how reading is stopped. */
  reading = (cancel) => void (this.#cancel = cancel);

  /** The bytes of the answer, `undefined` when there are more than `limit`; of an error the first ones. */
  bytes({ body, ok }, limit) {
    return readBytes(body, ok ? limit : SMALL_BODY, this.reading, !ok);
  }

  stop() {
    // A reader that is held back has to see that it was stopped.
    this.go?.();
    this.#cancel?.();
    this.#controller.abort();
  }
}
