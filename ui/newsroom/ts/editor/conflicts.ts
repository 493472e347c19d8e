// Where two changes met: both texts side by side, and three ways to settle it.
// What somebody chooses is saved first; only then the matter is closed.

import { DOMSerializer } from "prosemirror-model";
import type { Body } from "./body";
import { json, type Desk } from "./desk";
import { h } from "./dom";
import type { Fields } from "./fields";
import { newID } from "./ids";
import type { NodeJSON } from "./json";
import type { Conflict } from "./ledger";
import { schema } from "./schema";
import type { Sync } from "./sync";

/** What the panel works on. */
export interface Parts {
  desk: Desk;
  body: Body;
  fields: Fields;
  sync: () => Sync | null;
  say(text: string): void;
}

type Choice = "stored" | "other" | "both";

/** The panel of open conflicts. */
export class Conflicts {
  private readonly open = new Map<number, Conflict>();
  private readonly closing = new Set<number>();
  private readonly places = new Map<number, string>(); // the block before a text that was taken out

  constructor(private readonly el: HTMLElement, private readonly p: Parts) {
    el.hidden = true;
    el.setAttribute("aria-label", p.desk.say("editor.conflicts"));
    el.classList.add("ed-conflicts");
  }

  /** The number of conflicts that wait for somebody. */
  get size(): number {
    return this.open.size;
  }

  /** Shows exactly these, as the server has them. */
  reset(list: readonly Conflict[]): void {
    const fresh = list.filter((c) => !this.closing.has(c.id));
    if (fresh.length === this.open.size && fresh.every((c) => this.open.has(c.id))) return; // somebody may be at a button
    this.open.clear();
    for (const c of fresh) this.open.set(c.id, c);
    this.draw();
  }

  /** Closes conflicts whose text stands in a later one. */
  close(ids: readonly number[]): void {
    for (const id of ids) {
      this.closing.add(id);
      void this.p.desk.ask(`${this.p.desk.base}/conflicts/${id}`, { method: "POST", body: "{}" });
    }
  }

  /** Adds those of a save; after is the block before each text that went. */
  add(list: readonly Conflict[], before: readonly string[]): void {
    if (!list.length) return;
    for (const c of list) {
      this.open.set(c.id, c);
      const i = before.indexOf(c.block ?? "");
      if (i > 0) this.places.set(c.id, before[i - 1]!);
    }
    this.draw();
    this.p.say(this.p.desk.say("editor.conflict_new", { n: list.length }));
    this.el.scrollIntoView({ block: "nearest" });
  }

  private draw(): void {
    const { desk } = this.p;
    this.el.hidden = this.open.size === 0;
    this.el.replaceChildren(
      h("h2", {}, desk.say("editor.conflicts_title", { n: this.open.size })),
      h("p", { class: "meta" }, desk.say("editor.conflicts_help")),
      ...[...this.open.values()].map((c) => this.one(c)),
    );
  }

  private one(c: Conflict): HTMLElement {
    const { desk, fields, body } = this.p;
    const say = desk.say.bind(desk);
    const name = c.field ? fields.nameOf(c.field) : "";
    const heading = c.field ? say("editor.conflict_field", { name }) : say("editor.conflict." + c.clash, { by: c.by ?? "", kept_by: c.kept_by ?? "" });
    const column = (title: string, value: unknown, none: string): HTMLElement =>
      h("div", {}, h("h4", {}, title), value === undefined || value === null ? h("p", { class: "meta" }, none) : h("div", { class: "body ed-conflict-text" }, c.field ? fieldShown(c.field, value, desk) : blockShown(value as NodeJSON)));
    const button = (key: string, choice: Choice): HTMLButtonElement => h("button", { type: "button", onclick: (e: Event) => void this.settle(c, choice, e.currentTarget as HTMLElement) }, say(key));
    const both = !c.field && c.clash !== "delete_edited" && c.kept;
    return h("article", { class: "ed-conflict" },
      h("h3", {}, heading),
      h("div", { class: "ed-sides" },
        column(say("editor.conflict_stored", { name: c.kept_by || say("editor.somebody") }), c.kept, say("editor.conflict_deleted")),
        column(say("editor.conflict_other", { name: c.by || say("editor.somebody") }), c.other, say("editor.conflict_deletes"))),
      h("div", { class: "actions" },
        button("editor.keep_stored", "stored"),
        button(c.clash === "delete_edited" ? "editor.take_deletion" : "editor.take_other", "other"),
        both ? button("editor.take_both", "both") : null,
        c.block && body.content({ has: () => true }).blocks.has(c.block) ? h("button", { type: "button", class: "plain link", onclick: () => body.reveal(c.block ?? "") }, say("editor.conflict_show")) : null));
  }

  private async settle(c: Conflict, choice: Choice, button: HTMLElement): Promise<void> {
    const { desk, sync } = this.p;
    for (const b of button.parentElement?.querySelectorAll("button") ?? []) b.disabled = true;
    if (choice !== "stored") this.take(c, choice);
    const saved = (await sync()?.flush()) ?? false;
    const res = saved ? await desk.ask(`${desk.base}/conflicts/${c.id}`, { method: "POST", body: "{}" }) : null;
    // Settled by somebody else is settled.
    if (res && (res.ok || res.status === 404 || res.status === 409 || res.status === 410)) {
      this.open.delete(c.id);
      this.p.say("");
    } else {
      const e = res ? ((await json(res)) as { error?: { message?: string } } | null)?.error?.message : undefined;
      this.p.say(e ?? desk.say("editor.offline_action"));
    }
    this.draw();
    if (this.open.size) this.el.querySelector<HTMLElement>("button")?.focus();
    else this.p.body.view.focus();
  }

  /** Puts the chosen text into the story. */
  private take(c: Conflict, choice: Choice): void {
    const { body, fields } = this.p;
    if (c.field) return fields.set(c.field, c.other);
    const other = (c.other ?? null) as NodeJSON | null;
    const id = c.block ?? "";
    if (choice === "both" && other) body.choose(newID(), other, id);
    else body.choose(id, other, this.places.get(c.id));
  }
}

/** A block as readers will see it, without anything to press. */
function blockShown(block: NodeJSON): Node {
  try {
    return DOMSerializer.fromSchema(schema).serializeNode(schema.nodeFromJSON(block));
  } catch {
    return h("p", {}, JSON.stringify(block));
  }
}

function fieldShown(name: string, value: unknown, desk: Desk): HTMLElement {
  const names = name === "related" ? (id: number): string => desk.names.stories[id]?.headline ?? `#${id}` : (id: number): string => (name === "sources" ? desk.names.sources : desk.names.topics)[id] ?? `#${id}`;
  if (Array.isArray(value)) {
    const words = value.map((v: unknown) => (typeof v === "number" ? names(v) : typeof v === "string" ? v : desk.names.people[(v as { person: number }).person] ?? ""));
    return h("p", {}, words.join(", ") || "–");
  }
  if (name === "section") return h("p", {}, desk.names.sections.find((s) => s.id === Number(value))?.name ?? `#${String(value)}`);
  if (typeof value === "object" && value !== null) {
    const lead = value as { picture?: number; caption?: string; credit?: string; video?: { url: string } };
    return h("p", {}, [lead.picture ? `#${lead.picture}` : "", lead.caption, lead.credit, lead.video?.url].filter(Boolean).join(" · ") || "–");
  }
  return h("p", {}, String(value as string | number) || "–");
}
