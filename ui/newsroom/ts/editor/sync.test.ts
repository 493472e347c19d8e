import { test } from "node:test";
import assert from "node:assert/strict";
import { canonText, idOf, type NodeJSON } from "./json";
import { fieldText } from "./fieldtext";
import { Ledger, mergeOrder, type Conflict, type Content, type Delta, type Payload, type Plan } from "./ledger";
import { Remains, Sync, type Answer, type Clock, type Side, type State } from "./sync";

const p = (id: string, text: string): NodeJSON => ({ type: "paragraph", attrs: { id }, ...(text ? { content: [{ type: "text", text }] } : {}) });
const textOf = (v: string | undefined): string => (v === undefined ? "" : ((JSON.parse(v) as NodeJSON).content?.[0]?.text ?? ""));

/** A server that merges as the real one does. */
class Server {
  seq = 1;
  order: string[] = [];
  blocks = new Map<string, { v: NodeJSON; made: number; changed: number }>();
  gone = new Map<string, number>();
  moved = 0;
  fields = new Map<string, { v: unknown; changed: number }>();
  conflicts: Conflict[] = [];

  put(...blocks: NodeJSON[]): void {
    for (const b of blocks) {
      this.order.push(idOf(b));
      this.blocks.set(idOf(b), { v: b, made: 1, changed: 1 });
    }
  }

  since(base: number, not: Set<string> = new Set()): Delta {
    const blocks = this.order.map((id) => this.blocks.get(id)!).filter((b) => b.changed > base && !not.has(idOf(b.v))).map((b) => b.v);
    const fields: Record<string, unknown> = {};
    for (const [name, f] of this.fields) if (f.changed > base) fields[name] = f.v;
    return { seq: this.seq, blocks, order: [...this.order], fields, conflicts: structuredClone(this.conflicts) };
  }

  save(s: Payload): Delta {
    const next = this.seq + 1;
    const conflicts: Conflict[] = [];
    const clash = (c: Omit<Conflict, "id">): void => {
      const same = this.conflicts.some((x) => x.block === c.block && x.field === c.field && JSON.stringify(x.other) === JSON.stringify(c.other));
      if (!same) conflicts.push({ id: this.conflicts.length + conflicts.length + 1, ...c });
    };
    const mine = new Set<string>();
    if (s.order) {
      const before = [...this.order];
      const listed = new Set(s.order);
      const sent = new Set(s.blocks!.map(idOf));
      for (const id of s.order) assert.ok(this.blocks.has(id) || sent.has(id) || (this.gone.get(id) ?? 0) > s.base, `block ${id} is not known: send its text`);
      for (const b of s.blocks!) {
        const id = idOf(b);
        assert.ok(listed.has(id), "a sent block is in the order");
        const kept = this.blocks.get(id);
        if (kept) {
          if (canonText(kept.v) === canonText(b)) continue;
          if (kept.changed > s.base) clash({ block: id, clash: "both_edited", kept: kept.v, other: b });
          else {
            this.blocks.set(id, { v: b, made: kept.made, changed: next });
            mine.add(id);
          }
        } else if ((this.gone.get(id) ?? 0) > s.base) clash({ block: id, clash: "edit_of_gone", other: b });
        else {
          this.gone.delete(id);
          this.blocks.set(id, { v: b, made: next, changed: next });
          mine.add(id);
        }
      }
      for (const id of before) {
        const b = this.blocks.get(id)!;
        if (listed.has(id) || b.made > s.base) continue;
        if (b.changed > s.base) clash({ block: id, clash: "delete_edited", kept: b.v });
        else {
          this.blocks.delete(id);
          this.gone.set(id, next);
        }
      }
      const at = new Map(before.map((id, i) => [id, i]));
      const known = s.order.filter((id) => at.has(id)).map((id) => at.get(id)!);
      const moves = known.some((n, i) => i > 0 && n < known[i - 1]!);
      if (this.moved > s.base) this.order = mergeOrder(before, s.order, this.blocks);
      else {
        if (moves) this.moved = next;
        this.order = mergeOrder(s.order, before, this.blocks);
      }
    }
    for (const [name, v] of Object.entries(s.fields ?? {})) {
      const kept = this.fields.get(name);
      if (fieldText(name, kept?.v) === fieldText(name, v)) continue;
      if (kept && kept.changed > s.base) clash({ field: name, clash: "both_edited", kept: kept.v, other: v });
      else this.fields.set(name, { v, changed: next });
    }
    this.seq = next;
    this.conflicts.push(...conflicts);
    const d = this.since(s.base, mine);
    for (const name of Object.keys(s.fields ?? {})) if (!conflicts.some((c) => c.field === name)) delete d.fields![name];
    return d;
  }
}

/** A page of plain maps, opened from the server. */
class Page implements Side {
  held: Content = { order: [], blocks: new Map(), fields: new Map([["headline", fieldText("headline", "")]]) };
  ledger: Ledger;
  shown: Conflict[] = [];
  closed: number[] = [];

  constructor(server: Server) {
    for (const id of server.order) this.set(server.blocks.get(id)!.v);
    for (const [name, f] of server.fields) this.held.fields.set(name, fieldText(name, f.v));
    this.held.order = [...server.order];
    this.ledger = Ledger.of(server.seq, this.held);
  }

  set(b: NodeJSON): void {
    this.held.blocks.set(idOf(b), canonText(b));
  }

  write(id: string, text: string, after?: string): void {
    if (!this.held.blocks.has(id)) this.held.order.splice(after ? this.held.order.indexOf(after) + 1 : this.held.order.length, 0, id);
    this.set(p(id, text));
  }

  drop(id: string): void {
    this.held.blocks.delete(id);
    this.held.order = this.held.order.filter((x) => x !== id);
  }

  content(): Content {
    return this.held;
  }

  take(plan: Plan): void {
    this.shown.push(...plan.conflicts);
    this.closed.push(...plan.superseded);
    this.held.order = plan.order;
    for (const [id, v] of plan.blocks) this.held.blocks.set(id, v);
    for (const id of [...this.held.blocks.keys()]) if (!plan.order.includes(id)) this.held.blocks.delete(id);
    for (const [n, v] of plan.fields) this.held.fields.set(n, v);
  }

  text(id: string): string {
    return textOf(this.held.blocks.get(id));
  }

  /** Saves until nothing is left; between sending and the answer other things may happen. */
  save(server: Server, meanwhile?: () => void): void {
    for (let i = 0; i < 20; i++) {
      const out = this.ledger.next(this.held);
      if (!out) return;
      const answer = server.save(structuredClone(out.payload));
      meanwhile?.();
      meanwhile = undefined;
      this.take(this.ledger.absorb(out, answer, this.held));
    }
    assert.ok(false, "saving does not come to an end");
  }

  fetch(server: Server): void {
    this.take(this.ledger.absorb(null, server.since(this.ledger.seq), this.held));
  }
}

const setUp = (...blocks: NodeJSON[]): [Server, Page, Page] => {
  const s = new Server();
  s.put(...blocks);
  return [s, new Page(s), new Page(s)];
};

test("a change is sent alone, with the order, and acknowledged", () => {
  const [s, a] = setUp(p("aaaaaaa1", "satu"), p("aaaaaaa2", "dua"));
  a.write("aaaaaaa2", "dua baru");
  const out = a.ledger.next(a.held)!;
  assert.deepEqual(out.payload, { base: 1, blocks: [p("aaaaaaa2", "dua baru")], order: ["aaaaaaa1", "aaaaaaa2"] });
  a.save(s);
  assert.equal(s.blocks.get("aaaaaaa2")!.v.content![0]!.text, "dua baru");
  assert.equal(a.ledger.next(a.held), null);
});

test("a field alone leaves the body out", () => {
  const [, a] = setUp(p("aaaaaaa1", "satu"));
  a.held.fields.set("headline", fieldText("headline", "Judul"));
  assert.deepEqual(a.ledger.next(a.held)!.payload, { base: 1, fields: { headline: "Judul" } });
});

test("changes of others to other blocks arrive with the answer", () => {
  const [s, a, b] = setUp(p("aaaaaaa1", "satu"), p("aaaaaaa2", "dua"));
  b.write("aaaaaaa1", "satu dari B");
  b.write("bbbbbbb1", "baru dari B", "aaaaaaa1");
  b.save(s);
  a.write("aaaaaaa2", "dua dari A");
  a.save(s);
  assert.equal(a.text("aaaaaaa1"), "satu dari B");
  assert.deepEqual(a.held.order, ["aaaaaaa1", "bbbbbbb1", "aaaaaaa2"]);
  assert.equal(a.shown.length, 0);
  b.fetch(s);
  assert.equal(b.text("aaaaaaa2"), "dua dari A");
});

test("two changes of one block give a conflict and keep the stored text", () => {
  const [s, a, b] = setUp(p("aaaaaaa1", "satu"));
  b.write("aaaaaaa1", "dari B");
  b.save(s);
  a.write("aaaaaaa1", "dari A");
  a.save(s);
  assert.equal(a.text("aaaaaaa1"), "dari B");
  assert.equal(a.shown.length, 1);
  assert.deepEqual(a.shown[0]!.other, p("aaaaaaa1", "dari A"));
  assert.equal(a.ledger.next(a.held), null);
});

test("what is typed while a save is under way is not taken back by its answer", () => {
  const [s, a] = setUp(p("aaaaaaa1", "satu"));
  a.write("aaaaaaa1", "satu dua");
  a.save(s, () => a.write("aaaaaaa1", "satu dua tiga"));
  assert.equal(a.text("aaaaaaa1"), "satu dua tiga");
  assert.equal(s.blocks.get("aaaaaaa1")!.v.content![0]!.text, "satu dua tiga");
  assert.equal(s.conflicts.length, 0);
});

test("what is typed into a block that the answer changes meets it as a conflict", () => {
  const [s, a, b] = setUp(p("aaaaaaa1", "satu"), p("aaaaaaa2", "dua"));
  b.write("aaaaaaa1", "satu dari B");
  b.save(s);
  a.write("aaaaaaa2", "dua dari A");
  a.save(s, () => a.write("aaaaaaa1", "satu dari A"));
  assert.equal(s.conflicts.length, 1);
  assert.deepEqual(s.conflicts[0]!.other, p("aaaaaaa1", "satu dari A"));
  assert.equal(a.text("aaaaaaa1"), "satu dari B");
  assert.equal(s.blocks.get("aaaaaaa2")!.v.content![0]!.text, "dua dari A");
});

test("news about a block that is being typed in makes a late save with the old number", () => {
  const [s, a, b] = setUp(p("aaaaaaa1", "satu"), p("aaaaaaa2", "dua"));
  a.write("aaaaaaa1", "satu dari A");
  a.write("aaaaaaa2", "dua dari A");
  b.write("aaaaaaa1", "satu dari B");
  b.save(s);
  a.fetch(s);
  const out = a.ledger.next(a.held)!;
  assert.equal(out.payload.base, 1);
  assert.deepEqual(out.payload.blocks, [p("aaaaaaa1", "satu dari A")]);
  a.save(s);
  assert.equal(s.conflicts.length, 1);
  assert.equal(s.blocks.get("aaaaaaa2")!.v.content![0]!.text, "dua dari A");
});

test("the text that was typed after the save stands in the conflict, at the server", () => {
  const [s, a, b] = setUp(p("aaaaaaa1", "satu"));
  b.write("aaaaaaa1", "dari B");
  b.save(s);
  a.write("aaaaaaa1", "dari A");
  a.save(s, () => a.write("aaaaaaa1", "dari A, lebih"));
  assert.deepEqual(s.conflicts.map((c) => textOf(JSON.stringify(c.other))), ["dari A", "dari A, lebih"]);
  assert.deepEqual(a.shown.map((c) => c.id), [2]);
  assert.deepEqual(a.closed, [1], "the first is part of the second");
  assert.equal(a.text("aaaaaaa1"), "dari B");
});

test("a deletion that meets a change brings the block back", () => {
  const [s, a, b] = setUp(p("aaaaaaa1", "satu"), p("aaaaaaa2", "dua"));
  b.write("aaaaaaa2", "dua dari B");
  b.save(s);
  a.drop("aaaaaaa2");
  a.save(s);
  assert.equal(a.text("aaaaaaa2"), "dua dari B");
  assert.equal(a.shown[0]!.clash, "delete_edited");
});

test("a change of a block that somebody deleted becomes a conflict and goes", () => {
  const [s, a, b] = setUp(p("aaaaaaa1", "satu"), p("aaaaaaa2", "dua"));
  b.drop("aaaaaaa2");
  b.save(s);
  a.write("aaaaaaa2", "dua dari A");
  a.save(s);
  assert.equal(a.held.blocks.has("aaaaaaa2"), false);
  assert.equal(a.shown[0]!.clash, "edit_of_gone");
});

test("a text that was chosen over an open conflict is saved and stays", () => {
  const [s, a, b] = setUp(p("aaaaaaa1", "satu"));
  b.write("aaaaaaa1", "dari B");
  b.save(s);
  a.write("aaaaaaa1", "dari A");
  a.save(s);
  a.write("aaaaaaa1", "dari A dan B");
  a.save(s);
  assert.equal(a.text("aaaaaaa1"), "dari A dan B");
  assert.equal(s.blocks.get("aaaaaaa1")!.v.content![0]!.text, "dari A dan B");
  assert.equal(s.conflicts.length, 1);
  a.write("aaaaaaa1", "dari A");
  a.save(s);
  assert.equal(a.text("aaaaaaa1"), "dari A", "also when it is exactly the text that lost");
});

test("fields that both changed give a conflict", () => {
  const [s, a, b] = setUp(p("aaaaaaa1", "satu"));
  b.held.fields.set("headline", fieldText("headline", "Judul B"));
  b.save(s);
  a.held.fields.set("headline", fieldText("headline", "Judul A"));
  a.save(s);
  assert.equal(a.held.fields.get("headline"), `"Judul B"`);
  assert.equal(s.conflicts[0]!.field, "headline");
});

test("a save whose answer was lost is repeated without a conflict", () => {
  const [s, a] = setUp(p("aaaaaaa1", "satu"));
  a.write("aaaaaaa1", "satu dua");
  const out = a.ledger.next(a.held)!;
  s.save(structuredClone(out.payload));
  a.write("aaaaaaa1", "satu dua tiga");
  a.take(a.ledger.absorb(out, s.save(structuredClone(out.payload)), a.held));
  a.save(s);
  assert.equal(s.conflicts.length, 0);
  assert.equal(s.blocks.get("aaaaaaa1")!.v.content![0]!.text, "satu dua tiga");
});

/** A generator of numbers that can be repeated. */
function dice(seed: number): (n: number) => number {
  let x = seed * 2654435761 + 1;
  return (n) => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % n;
  };
}

test("three people at random lose no word and come to the same text", () => {
  for (let seed = 1; seed <= 400; seed++) {
    const roll = dice(seed);
    const s = new Server();
    s.put(p("aaaaaaa1", "w0"), p("aaaaaaa2", "w1"), p("aaaaaaa3", "w2"));
    const pages = [new Page(s), new Page(s), new Page(s)];
    const typed = new Map<string, number>(); // word to who typed it
    const dropped = new Set<string>(); // words that somebody deleted who saw them
    let n = 3;
    const act = (who: number): void => {
      const page = pages[who]!;
      const ids = page.held.order;
      const id = ids[roll(Math.max(1, ids.length))];
      const kind = roll(10);
      const word = `w${n++}`;
      if (kind < 5 && id) {
        page.write(id, (page.text(id) + " " + word).trim());
        typed.set(word, who);
      } else if (kind < 7) {
        page.write(`n${String(n).padStart(7, "0")}`, word, id);
        typed.set(word, who);
      } else if (kind < 8 && id && ids.length > 1) {
        for (const w of page.text(id).split(" ")) dropped.add(w);
        page.drop(id);
      } else if (kind < 9 && id) {
        page.held.order = [...ids.filter((x) => x !== id), id];
      }
    };
    for (let step = 0; step < 40; step++) {
      const who = roll(3);
      if (roll(4) < 3) act(who);
      if (roll(3) === 0) pages[who]!.save(s, roll(2) ? () => (act(who), act((who + 1) % 3)) : undefined);
      else if (roll(4) === 0) pages[who]!.fetch(s);
    }
    for (let round = 0; round < 3; round++) for (const page of pages) page.save(s);
    for (const page of pages) page.fetch(s);
    for (const page of pages) {
      assert.deepEqual(page.held.order, s.order, `seed ${seed}: order`);
      for (const id of s.order) assert.equal(page.text(id), s.blocks.get(id)!.v.content?.[0]?.text ?? "", `seed ${seed}: ${id}`);
    }
    const all = JSON.stringify([...s.blocks.values()]) + JSON.stringify(s.conflicts.filter((c) => !pages.some((x) => x.closed.includes(c.id))));
    for (const word of typed.keys()) assert.ok(dropped.has(word) || new RegExp(`\\b${word}\\b`).test(all), `seed ${seed}: ${word} is lost`);
  }
});

/** A clock that stands still until it is told to go on. */
class Hand implements Clock {
  at = 1000;
  calls: { at: number; call: () => void }[] = [];
  now(): number {
    return this.at;
  }
  after(ms: number, call: () => void): () => void {
    const c = { at: this.at + ms, call };
    this.calls.push(c);
    return () => void (this.calls = this.calls.filter((x) => x !== c));
  }
  async go(ms: number): Promise<void> {
    const end = this.at + ms;
    for (;;) {
      for (let i = 0; i < 20; i++) await Promise.resolve();
      const due = this.calls.filter((c) => c.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.calls = this.calls.filter((c) => c !== due);
      this.at = due.at;
      due.call();
    }
    this.at = end;
  }
}

const looping = (s: Server, page: Page, answers: Answer["kind"][] = []) => {
  const clock = new Hand();
  const states: State["is"][] = [];
  const sent: number[] = [];
  const sync = new Sync(page.ledger, page, (payload) => {
    sent.push(clock.at);
    switch (answers.shift()) {
      case "again":
        return Promise.resolve({ kind: "again" });
      case "signed_out":
        return Promise.resolve({ kind: "signed_out" });
      case "refused":
        return Promise.resolve({ kind: "refused", status: 410, message: "Berita ini sudah dicabut." });
    }
    return Promise.resolve({ kind: "ok", delta: s.save(structuredClone(payload)) });
  }, clock, (x) => states.push(x.is));
  return { clock, states, sent, sync };
};

test("a change leaves within a second and a half although typing goes on", async () => {
  const [s, a] = setUp(p("aaaaaaa1", "satu"));
  const { clock, sync, sent } = looping(s, a);
  for (let i = 0; i < 20; i++) {
    a.write("aaaaaaa1", "satu" + "!".repeat(i + 1));
    sync.touch();
    await clock.go(100);
  }
  assert.ok(sent.length >= 1 && sent[0]! - 1000 <= 1500);
  await clock.go(3000);
  assert.equal(sync.state.is, "saved");
  assert.equal(s.blocks.get("aaaaaaa1")!.v.content![0]!.text, "satu" + "!".repeat(20));
});

test("without a connection it tries again and says so", async () => {
  const [s, a] = setUp(p("aaaaaaa1", "satu"));
  const { clock, sync, states } = looping(s, a, ["again", "again"]);
  a.write("aaaaaaa1", "luring");
  sync.touch();
  await clock.go(1500);
  assert.equal(sync.state.is, "offline");
  a.write("aaaaaaa1", "luring, lebih");
  sync.touch();
  await clock.go(10_000);
  assert.equal(sync.state.is, "saved");
  assert.ok(states.includes("offline"));
  assert.equal(s.blocks.get("aaaaaaa1")!.v.content![0]!.text, "luring, lebih");
  assert.equal(s.conflicts.length, 0);
});

test("after a sign-in it goes on by itself", async () => {
  const [s, a] = setUp(p("aaaaaaa1", "satu"));
  const { clock, sync } = looping(s, a, ["signed_out"]);
  a.write("aaaaaaa1", "teks");
  sync.touch();
  await clock.go(1500);
  assert.equal(sync.state.is, "signed_out");
  await clock.go(5000);
  assert.equal(sync.state.is, "saved");
});

test("a refused save keeps the text and stops until a person asks", async () => {
  const [s, a] = setUp(p("aaaaaaa1", "satu"));
  const { clock, sync, sent } = looping(s, a, ["refused"]);
  a.write("aaaaaaa1", "teks");
  sync.touch();
  await clock.go(60_000);
  assert.equal(sync.state.is, "refused");
  assert.equal(sent.length, 1);
  assert.equal(a.text("aaaaaaa1"), "teks");
  assert.ok(sync.pending());
  sync.again();
  await clock.go(100);
  assert.equal(sync.state.is, "saved");
});

test("everything can be deleted, and an answer without order does not bring it back", () => {
  const [s, a] = setUp(p("aaaaaaa1", "satu"), p("aaaaaaa2", "dua"));
  a.drop("aaaaaaa1");
  a.drop("aaaaaaa2");
  const out = a.ledger.next(a.held)!;
  assert.deepEqual(out.payload, { base: 1, blocks: [], order: [] });
  a.take(a.ledger.absorb(out, { ...s.save(out.payload), order: null }, a.held));
  assert.deepEqual(a.held.order, []);
  assert.equal(a.ledger.next(a.held), null);
});

test("a server that lost a block gets all of them", async () => {
  const [s, a] = setUp(p("aaaaaaa1", "satu"), p("aaaaaaa2", "dua"));
  s.blocks.delete("aaaaaaa1");
  s.order = ["aaaaaaa2"];
  const clock = new Hand();
  const no: Answer = { kind: "refused", status: 400, message: "", field: "order[0]" };
  const sync = new Sync(a.ledger, a, (x) => Promise.resolve(x.blocks!.length === 2 ? { kind: "ok", delta: s.save(structuredClone(x)) } : no), clock, () => {});
  a.write("aaaaaaa2", "dua!");
  sync.touch();
  await clock.go(2000);
  assert.equal(sync.state.is, "saved");
  assert.deepEqual(s.order, ["aaaaaaa1", "aaaaaaa2"]);
});

test("a refused block is named", async () => {
  const [, a] = setUp(p("aaaaaaa1", "satu"), p("aaaaaaa2", "dua"));
  const clock = new Hand();
  const states: State[] = [];
  const no: Answer = { kind: "refused", status: 400, message: "Periksa bagian ini.", field: "blocks[1].attrs.url" };
  const sync = new Sync(a.ledger, a, () => Promise.resolve(no), clock, (x) => states.push(x));
  a.write("aaaaaaa1", "satu!");
  a.write("aaaaaaa2", "dua!");
  sync.touch();
  await clock.go(2000);
  assert.deepEqual(states[states.length - 1], { is: "refused", status: 400, message: "Periksa bagian ini.", block: "aaaaaaa2" });
});

test("flush waits until everything is saved, and says when it cannot be", async () => {
  const [s, a] = setUp(p("aaaaaaa1", "satu"));
  const { clock, sync } = looping(s, a, ["again"]);
  a.write("aaaaaaa1", "teks");
  sync.touch();
  const first = sync.flush();
  await clock.go(10);
  assert.equal(await first, false);
  const second = sync.flush();
  await clock.go(10);
  assert.equal(await second, true);
});

test("what a crashed browser left is brought to the server, the save under way first", async () => {
  const [s, a] = setUp(p("aaaaaaa1", "satu"), p("aaaaaaa2", "dua"));
  const lost = looping(s, a, ["again"]);
  a.write("aaaaaaa1", "satu A");
  lost.sync.touch();
  await lost.clock.go(1000);
  s.save({ base: 1, blocks: [p("aaaaaaa1", "satu A")], order: ["aaaaaaa1", "aaaaaaa2"] }); // it had arrived
  a.write("aaaaaaa1", "satu A B");
  a.write("aaaaaaa9", "sembilan");
  const left = JSON.parse(JSON.stringify(lost.sync.toJSON())) as ReturnType<Sync["toJSON"]>;

  const remains = new Remains(left);
  const clock = new Hand();
  const sync = new Sync(new Ledger(), remains, (x) => Promise.resolve({ kind: "ok", delta: s.save(x) }), clock, () => {});
  sync.resume(left);
  const done = sync.flush();
  await clock.go(100);
  assert.equal(await done, true);
  assert.equal(s.conflicts.length, 0);
  assert.equal(s.blocks.get("aaaaaaa1")!.v.content![0]!.text, "satu A B");
  assert.deepEqual(s.order, ["aaaaaaa1", "aaaaaaa2", "aaaaaaa9"]);
});
