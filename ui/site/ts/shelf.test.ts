import { test } from "node:test";
import assert from "node:assert/strict";
import { join, kept } from "./shelf";

/** A browser's storage. */
class Memory implements Storage {
  private readonly map = new Map<string, string>();
  [name: string]: unknown;
  get length(): number {
    return this.map.size;
  }
  key = (i: number): string | null => [...this.map.keys()][i] ?? null;
  getItem = (k: string): string | null => this.map.get(k) ?? null;
  setItem = (k: string, v: string): void => void this.map.set(k, v);
  removeItem = (k: string): void => void this.map.delete(k);
  clear = (): void => this.map.clear();
}

let store: Memory;
let sent: { put: { item: string; age: number }[] }[];

/** Lets the server answer; meanwhile is what happens before it does. */
function server(status: number, answer: object, meanwhile: () => void = () => {}): void {
  globalThis.fetch = (async (_: unknown, init: RequestInit) => {
    sent.push(JSON.parse(String(init.body)));
    meanwhile();
    if (status === 0) throw new TypeError("no network");
    return new Response(JSON.stringify(answer), { status });
  }) as typeof fetch;
}

/** Begins with two stories and a choice that is none of the shelf's. */
function begin(): void {
  store = new Memory();
  sent = [];
  store.setItem("keep save-1", "1000");
  store.setItem("keep save-2", "3000");
  store.setItem("size", "115%");
}

test("what the account has leaves the browser, with its age and the latest first", async () => {
  begin();
  server(200, { full: [] });
  await join(store, 4000);
  assert.deepEqual(sent, [{ put: [{ item: "save-2", age: 1000 }, { item: "save-1", age: 3000 }] }]);
  assert.equal(kept(store).size, 0);
  assert.equal(store.getItem("size"), "115%");
  await join(store, 5000);
  assert.equal(sent.length, 1); // nothing is left to send
});

test("what did not arrive, or was refused, stays", async () => {
  begin();
  for (const status of [0, 401, 500]) {
    server(status, { error: {} });
    await join(store, 4000);
    assert.deepEqual([...kept(store)], [["save-1", 1000], ["save-2", 3000]]);
  }
});

test("what has no room stays, and so does what was kept anew meanwhile", async () => {
  begin();
  store.setItem("keep save-3", "3500");
  server(200, { full: ["save-1"] }, () => {
    store.setItem("keep save-2", "3900"); // in another tab
    store.setItem("keep topic-9", "3950");
  });
  await join(store, 4000);
  assert.deepEqual([...kept(store).keys()].sort(), ["save-1", "save-2", "topic-9"]);
});

test("a clock that went back makes nothing younger than now", async () => {
  begin();
  server(200, { full: [] });
  await join(store, 2000);
  assert.deepEqual(sent[0]!.put, [{ item: "save-2", age: 0 }, { item: "save-1", age: 1000 }]);
});
