// What the server is known to have, what the page has, and what has to be sent
// so that they agree. No network, no page: only bookkeeping.
//
// A unit is a block of the body ("b:" and its id) or a field ("f:" and its
// name); its value is its canonical text, and a unit without a value is not
// there. The rule that everything rests on: what people typed is sent with the
// number of the state that they saw while they typed, so that the server sees
// every meeting of two changes. A unit that somebody else changed while it was
// being typed in is "stale": it is sent by itself with its old number.

import { fieldText } from "./fieldtext";
import { canonText, idOf, type NodeJSON } from "./json";

/** The content of the page: blocks by id in their order, and fields by name. */
export interface Content {
  order: string[];
  blocks: Map<string, string>;
  fields: Map<string, string>;
}

/** The body of a save. Blocks and order are absent if the body is untouched. */
export interface Payload {
  base: number;
  blocks?: NodeJSON[];
  order?: string[];
  fields?: Record<string, unknown>;
}

/** What met, as the server tells it. */
export interface Conflict {
  id: number;
  block?: string;
  field?: string;
  clash: "both_edited" | "edit_of_gone" | "delete_edited";
  kept?: unknown;
  other?: unknown;
  by?: string;
  kept_by?: string;
  at?: string;
}

/** The answer to a save, or to the question what is new. Conflicts are all that are open. */
export interface Delta {
  seq: number;
  blocks?: NodeJSON[] | { content?: NodeJSON[] } | null;
  order?: string[] | null;
  fields?: Record<string, unknown> | null;
  conflicts?: Conflict[] | null;
}

/** A save under way: what it carries and how the page stood when it left. */
export interface Outgoing {
  payload: Payload;
  units: Map<string, string | undefined>;
  order: string[];
  whole: boolean; // it brings the page's own order, not the server's
}

/** What the page has to take over. */
export interface Plan {
  order: string[];
  blocks: Map<string, string>; // to set or to put in
  fields: Map<string, string>;
  changed: boolean;
  conflicts: Conflict[]; // of this save
  superseded: number[]; // conflicts whose text is in one of those, and more
  open: Conflict[] | null; // all that are open, if the answer says so
}

const sameList = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((x, i) => x === b[i]);

/**
 * The ids of keep in the order of first; each that only second has stands
 * behind the one that precedes it there.
 */
export function mergeOrder(first: readonly string[], second: readonly string[], keep: { has(id: string): boolean }): string[] {
  const next = new Map<string, string>();
  const inside = new Set<string>();
  for (const list of [first, second]) {
    let before = "";
    for (const id of list) {
      if (!keep.has(id)) continue;
      if (!inside.has(id)) {
        next.set(id, next.get(before) ?? "");
        next.set(before, id);
        inside.add(id);
      }
      before = id;
    }
  }
  const out: string[] = [];
  for (let id = next.get(""); id; id = next.get(id)) out.push(id);
  return out;
}

/** The open conflict in which a value that was sent ended up. */
function conflictOf(unit: string, sent: string | undefined, open: readonly Conflict[] | null): Conflict | undefined {
  const name = unit.slice(2);
  const field = unit.startsWith("f:");
  return open?.find((c) => {
    if (field ? c.field !== name : c.field || c.block !== name) return false;
    if (sent === undefined) return c.clash === "delete_edited";
    if (c.other === undefined || c.other === null) return false;
    return sent === (field ? fieldText(name, c.other) : canonText({ ...(c.other as NodeJSON), attrs: { ...(c.other as NodeJSON).attrs, id: name } }));
  });
}

/** The ledger between one page and the server. */
export class Ledger {
  seq = 0;
  order: string[] = [];
  known = new Map<string, string>();
  stale = new Map<string, number>();
  private readonly superseded = new Map<string, number[]>(); // conflicts of a unit that was typed in since

  /** A ledger for a page that shows exactly what the server has. */
  static of(seq: number, content: Content): Ledger {
    const l = new Ledger();
    l.seq = seq;
    l.order = [...content.order];
    for (const [id, v] of content.blocks) l.known.set("b:" + id, v);
    for (const [name, v] of content.fields) l.known.set("f:" + name, v);
    return l;
  }

  /** The value of a unit on the page. */
  private static mine(content: Content, unit: string): string | undefined {
    return unit.startsWith("b:") ? content.blocks.get(unit.slice(2)) : content.fields.get(unit.slice(2));
  }

  /** The units whose value on the page is not the server's. */
  private changes(content: Content): string[] {
    const out: string[] = [];
    for (const id of content.order) if (content.blocks.get(id) !== this.known.get("b:" + id)) out.push("b:" + id);
    for (const id of this.order) if (!content.blocks.has(id)) out.push("b:" + id);
    for (const [name, v] of content.fields) if (v !== this.known.get("f:" + name)) out.push("f:" + name);
    return out;
  }

  /** Whether the page has anything that the server has not. */
  dirty(content: Content): boolean {
    return !sameList(content.order, this.order) || this.changes(content).length > 0;
  }

  /** The next save, null if there is nothing to save. */
  next(content: Content): Outgoing | null {
    const changes = this.changes(content);
    for (const unit of this.stale.keys()) if (!changes.includes(unit)) this.stale.delete(unit);
    if (this.stale.size) return this.late(content);
    const body = changes.some((u) => u.startsWith("b:")) || !sameList(content.order, this.order);
    if (!body && !changes.length) return null;
    return this.pack(content, this.seq, changes, body ? [...content.order] : undefined, true);
  }

  /** Forgets what blocks the server has, so that the next save sends them all. */
  doubt(): void {
    for (const unit of [...this.known.keys()]) if (unit.startsWith("b:")) this.known.delete(unit);
  }

  /** A save of the stale units with the oldest number. */
  private late(content: Content): Outgoing {
    const base = Math.min(...this.stale.values());
    const units = [...this.stale].filter(([, n]) => n === base).map(([u]) => u);
    const own = new Set(units.filter((u) => u.startsWith("b:")).map((u) => u.slice(2)));
    if (!own.size) return this.pack(content, base, units, undefined, false);
    // The order is the server's: a deletion or move that is made since belongs to a later number.
    const stays = { has: (id: string) => (own.has(id) ? content.blocks.has(id) : this.known.has("b:" + id)) };
    const second = content.order.filter((id) => own.has(id) || this.known.has("b:" + id));
    return this.pack(content, base, units, mergeOrder(this.order, second, stays), false);
  }

  private pack(content: Content, base: number, units: string[], order: string[] | undefined, whole: boolean): Outgoing {
    const payload: Payload = { base };
    const out: Outgoing = { payload, units: new Map(), order: [...content.order], whole: whole && order !== undefined };
    if (order) {
      payload.blocks = [];
      payload.order = order;
    }
    for (const unit of units) {
      const value = Ledger.mine(content, unit);
      out.units.set(unit, value);
      if (unit.startsWith("f:")) (payload.fields ??= {})[unit.slice(2)] = JSON.parse(value ?? "null");
      else if (value !== undefined) payload.blocks!.push(JSON.parse(value) as NodeJSON);
    }
    return out;
  }

  /**
   * Takes in the server's answer to a save, or without one what others did, and
   * says what the page has to take over. What was typed since stays.
   */
  absorb(out: Outgoing | null, answer: Delta, content: Content): Plan {
    const built = this.seq;
    const order = answer.order === undefined ? this.order : (answer.order ?? []); // null: no block is left
    const now = this.serverNow(out, answer, order);
    const open = answer.conflicts ?? null;
    const plan: Plan = { order: [], blocks: new Map(), fields: new Map(), changed: false, conflicts: [], superseded: [], open };
    const final = new Set(content.order);
    const units = new Set([...this.known.keys(), ...now.keys(), ...(out?.units.keys() ?? [])]);
    for (const unit of units) {
      if (unit.startsWith("f:") && !content.fields.has(unit.slice(2))) continue; // this page does not show it
      const server = now.get(unit);
      const mine = Ledger.mine(content, unit);
      const sent = out?.units.has(unit) ?? false;
      const prior = sent ? out!.units.get(unit) : this.known.get(unit);
      const clash = sent && server !== prior ? conflictOf(unit, prior, open) : undefined;
      if (clash && mine !== undefined && mine !== prior) {
        // Typed in while the save was under way: that text has to get to the server as well.
        this.superseded.set(unit, [...(this.superseded.get(unit) ?? []), clash.id]);
        this.stale.set(unit, out!.payload.base);
        continue;
      }
      if (clash) {
        plan.conflicts.push(clash);
        plan.superseded.push(...(this.superseded.get(unit) ?? []));
      }
      if (clash || mine === server) this.superseded.delete(unit);
      if (mine === server) {
        this.stale.delete(unit);
      } else if (clash || (mine === prior && server !== prior)) {
        this.stale.delete(unit);
        this.take(plan, final, unit, server);
      } else if (sent) {
        this.stale.delete(unit); // the server has what was sent; what was typed since goes with the next save
      } else if (server !== prior && !this.stale.has(unit)) {
        this.stale.set(unit, built);
      }
    }
    const still = sameList(content.order, out?.whole ? out.order : this.order);
    plan.order = still ? mergeOrder(order, content.order, final) : mergeOrder(content.order, order, final);
    plan.changed ||= !sameList(plan.order, content.order);
    this.order = [...order];
    this.known = now;
    this.seq = Math.max(this.seq, answer.seq);
    return plan;
  }

  /** What the server has after its answer. */
  private serverNow(out: Outgoing | null, answer: Delta, order: readonly string[]): Map<string, string> {
    const now = new Map<string, string>();
    const news = new Map<string, string>();
    const blocks = Array.isArray(answer.blocks) ? answer.blocks : (answer.blocks?.content ?? []);
    for (const b of blocks) news.set("b:" + idOf(b), canonText(b));
    for (const [name, v] of Object.entries(answer.fields ?? {})) news.set("f:" + name, fieldText(name, v));
    // What the answer does not bring is as it was sent, or as it was.
    const value = (unit: string): string | undefined => news.get(unit) ?? (out?.units.has(unit) ? out.units.get(unit) : undefined) ?? this.known.get(unit);
    for (const id of order) {
      const v = value("b:" + id);
      if (v !== undefined) now.set("b:" + id, v);
    }
    for (const unit of new Set([...this.known.keys(), ...news.keys(), ...(out?.units.keys() ?? [])])) {
      if (!unit.startsWith("f:")) continue;
      const v = value(unit);
      if (v !== undefined) now.set(unit, v);
    }
    return now;
  }

  private take(plan: Plan, final: Set<string>, unit: string, value: string | undefined): void {
    const name = unit.slice(2);
    plan.changed = true;
    if (unit.startsWith("f:")) {
      if (value !== undefined) plan.fields.set(name, value);
    } else if (value === undefined) final.delete(name);
    else {
      final.add(name);
      plan.blocks.set(name, value);
    }
  }

  /** The ledger as plain data, for the browser's own store. */
  toJSON(): LedgerJSON {
    return { seq: this.seq, order: this.order, known: [...this.known], stale: [...this.stale] };
  }

  /** The ledger that toJSON gave. */
  static fromJSON(j: LedgerJSON): Ledger {
    const l = new Ledger();
    l.seq = j.seq;
    l.order = j.order;
    l.known = new Map(j.known);
    l.stale = new Map(j.stale);
    return l;
  }
}

/** A ledger as plain data. */
export interface LedgerJSON {
  seq: number;
  order: string[];
  known: [string, string][];
  stale: [string, number][];
}
