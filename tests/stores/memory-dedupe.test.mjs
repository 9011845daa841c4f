import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryDedupe } from "butt-dial-edge/stores/memory";

const at = (now) => ({ now: () => now.value });

test("the three verbs", () => {
  const now = { value: 0 };
  const store = new MemoryDedupe({ clock: at(now) });
  assert.equal(store.guarantee, "exact");
  assert.equal(store.claim("k", 100), "new");
  now.value = 99;
  assert.equal(store.claim("k", 100), "busy");
  store.release("k");
  assert.equal(store.claim("k", 100), "new");
  store.complete("k", 1000);
  now.value = 1098;
  assert.equal(store.claim("k", 100), "done");
  store.release("k");
  assert.equal(store.claim("k", 100), "done");
  now.value = 1099;
  assert.equal(store.claim("k", 100), "new");
});

test("a claim that nobody ends ends by itself", () => {
  const now = { value: 0 };
  const store = new MemoryDedupe({ clock: at(now) });
  assert.equal(store.claim("k", 100), "new");
  now.value = 100;
  assert.equal(store.claim("k", 100), "new");
});

test("it is bounded and keeps claims longest", () => {
  const now = { value: 0 };
  const store = new MemoryDedupe({ maxKeys: 3, clock: at(now) });
  assert.equal(store.claim("claimed", 1e6), "new");
  for (let n = 0; n < 1000; n += 1) store.complete(`k${n}`, 1000);
  assert.equal(store.size, 3);
  assert.equal(store.claim("claimed", 1), "busy");
  assert.equal(store.claim("k999", 1), "done");
  assert.equal(store.claim("k997", 1), "new");
  now.value = 2000;
  assert.equal(store.claim("x", 1), "new");
  assert.equal(store.size <= 3, true);
});

test("what expired makes room before what did not", () => {
  const now = { value: 0 };
  const store = new MemoryDedupe({ maxKeys: 3, clock: at(now) });
  store.complete("long", 1e6);
  store.complete("short", 100);
  store.complete("shorter", 50);
  now.value = 100;
  assert.equal(store.claim("new", 1000), "new");
  assert.equal(store.size, 2);
  assert.equal(store.claim("long", 1), "done");
});
