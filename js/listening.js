// `agent.listen`: what a listener hears, as an iterator or by callback. The machine decides everything; here events wait for
// their reader.

import { ConfigError } from "./errors.js";
import { log, member, signalOf } from "./host.js";

/**
 * @internal Throws where a stream ends with the request that opened it: in workerd, which tells its name, unless this is a Durable
 * Object. Nothing around tells that one, but it has its state, and a Worker has none.
 */
export function refuseWorkers(options) {
  const inObject = typeof member(member(options, "durableObject"), "blockConcurrencyWhile") === "function";
  if (member(globalThis.navigator, "userAgent") !== "Cloudflare-Workers" || inObject) return;
  throw new ConfigError("listen: in a Worker a stream ends with its request: listen in a Durable Object, with `durableObject: this.ctx`, or take webhooks");
}

/**
 * @internal A listener of a conversation.
 * @param data the options that are data, as JSON @param release called when it is over
 */
export function listen(options, data, conversation, logger, release) {
  const callback = (name) => {
    const value = member(options, name);
    if (value && typeof value !== "function") throw new ConfigError(`listen: \`${name}\` must be a function`);
    return value;
  };
  const [onEvent, onError, onStateChange, speak] = ["onEvent", "onError", "onStateChange", "onVoicePrompt"].map(callback);
  const signal = signalOf(options);
  const failed = (thrown) => log(logger, "error", "butt-dial: a listener failed", thrown);
  let events = [];
  const readers = [];
  /** `[]`, or the one error that is still to be thrown. */
  let end;
  let now = { state: "connecting", connects: 0 };

  /** Hands on what there is to those who wait. */
  const settle = () => {
    while (readers.length > 0 && (events.length > 0 || end)) {
      const [resolve, reject] = readers.shift();
      if (events.length > 0) {
        resolve({ value: events.shift(), done: false });
        conversation.took(listener);
      } else if (end.length > 0) reject(end.pop());
      else resolve({ value: undefined, done: true });
    }
  };
  const tell = (change) => {
    now = change;
    // Not at once: what it does must find the conversation at rest.
    if (onStateChange) Promise.resolve(change).then(onStateChange).catch(failed);
  };
  const finish = (error, ...thrown) => {
    if (end) return;
    end = thrown;
    signal?.removeEventListener("abort", aborted);
    tell({ state: "closed", connects: now.connects, retryInMs: null, error });
    settle();
    queueMicrotask(release);
  };
  const stop = (...thrown) => {
    events = [];
    finish(null, ...thrown);
    conversation.unlisten(listener);
  };
  const aborted = () => stop(signal.reason);
  const over = (error) => (error ? finish(error, error) : finish(null));
  const listener = { speak, tell, over, reject: over, event: (event) => (events.push(event), settle()) };

  if (signal?.aborted) aborted();
  else {
    signal?.addEventListener("abort", aborted);
    conversation.listen(listener, data);
    if (end?.[0] instanceof ConfigError) throw end[0];
  }

  const next = () => new Promise((...reader) => (readers.push(reader), settle()));
  const close = async () => stop();
  const live = { get state() { return now.state; }, close };
  // Hosts without the symbol have no `await using` that could ask for it.
  if (Symbol.asyncDispose) live[Symbol.asyncDispose] = close;
  if (!onEvent) {
    live.next = next;
    live.return = async (value) => (stop(), { value, done: true });
    live[Symbol.asyncIterator] = () => live;
    return live;
  }
  const run = async () => {
    for (let event; !(event = await next()).done; ) {
      const { value } = event;
      try {
        await onEvent(value);
      } catch (thrown) {
        try {
          await (onError ?? failed)(thrown, value);
        } catch (thrown) {
          failed(thrown);
        }
      }
    }
  };
  live.closed = run();
  live.closed.catch(failed);
  return live;
}
