// The editor's page: everything brought together, from opening the draft to the
// words that say how saving stands.

import { Body } from "./body";
import { Checks } from "./checks";
import { Conflicts } from "./conflicts";
import { json, type Desk, type Draft } from "./desk";
import { h } from "./dom";
import { Drawer } from "./drawer";
import { Fields, type Early } from "./fields";
import { Ledger, type Content, type Delta, type Plan } from "./ledger";
import { Live, showPeople } from "./live";
import { Preview } from "./preview";
import { Remains, Sync, type Clock, type State } from "./sync";

const clock: Clock = {
  now: () => Date.now(),
  after(ms, call) {
    const t = setTimeout(call, ms);
    return () => clearTimeout(t);
  },
};

const KEEP = 200; // ms after a change until it is in the browser's own store

/** How a story stands, in codes and in words. */
interface StoryState {
  stage?: string;
  status?: string;
  live_no?: number;
  text?: string;
}

/** One story, open for writing. */
export class Page {
  private readonly body: Body;
  private readonly fields: Fields;
  private readonly drawer: Drawer;
  private readonly conflicts: Conflicts;
  private readonly checks: Checks;
  private readonly preview: Preview | null;
  private readonly state: HTMLElement;
  private readonly bar = h("div", { class: "ed-bar-calm", role: "status", hidden: true });
  private readonly said = h("p", { class: "ed-said", role: "status", hidden: true });
  private sync: Sync | null = null;
  private may = false;
  private kept = true; // the browser's store has all that the server has not
  private keeping = 0;
  private writing: Promise<void> = Promise.resolve();
  private newest = 0;
  private stood = ""; // how the story stood when the server told it last
  private fetching = false;

  constructor(private readonly desk: Desk) {
    const find = (name: string, tag: "section" | "ul" | "output" | "aside"): HTMLElement => {
      const el = desk.root.querySelector<HTMLElement>(`[data-${name}]`);
      if (el) return el;
      const made = h(tag);
      desk.root.prepend(made);
      return made;
    };
    this.state = find("state", "output");
    const mount = desk.root.querySelector<HTMLElement>("[data-editor]") ?? desk.root;
    this.fields = new Fields(desk, () => this.touched());
    this.body = new Body(desk, mount, {
      changed: () => this.touched(),
      say: (t) => this.say(t),
      language: () => this.fields.language(),
      headline: () => String(this.fields.get("headline") ?? ""),
    });
    mount.before(this.bar, this.said);
    this.drawer = new Drawer(desk.story, desk.tab, desk.root.dataset.user ?? "");
    this.conflicts = new Conflicts(find("conflicts", "section"), { desk, body: this.body, fields: this.fields, sync: () => this.sync, say: (t) => this.say(t) });
    this.checks = new Checks(desk, desk.root.querySelector<HTMLElement>("[data-check], [data-checks]") ?? this.after(mount), this.body, this.fields);
    const beside = desk.root.querySelector<HTMLElement>("[data-preview]");
    this.preview = beside ? new Preview(desk, beside) : null;
    // Texts stay open while the draft is fetched: who sees a headline types.
    this.body.lock(true);
    this.fields.lock(true, "readonly" in desk.root.dataset);
    this.listen();
    void this.open();
  }

  private after(mount: HTMLElement): HTMLElement {
    const made = h("ul");
    mount.after(made);
    return made;
  }

  private content(): Content {
    const known = this.sync?.ledger.known ?? new Map<string, string>();
    return { ...this.body.content(known), fields: this.fields.values() };
  }

  private lock(on: boolean): void {
    this.body.lock(on);
    this.fields.lock(on);
  }

  /** Opens the draft; what an earlier tab could not save goes to the server first. */
  private async open(): Promise<void> {
    this.show(this.desk.say("editor.opening"));
    if (!(await this.deliverRemains())) return void setTimeout(() => void this.open(), 4000);
    const res = await this.desk.ask(this.desk.draftURL);
    if (!res || res.status >= 500 || res.status === 401 || res.redirected) {
      this.calm(res && (res.status === 401 || res.redirected) ? "signed_out" : "offline");
      return void setTimeout(() => void this.open(), 4000);
    }
    const draft = (await json(res)) as (Draft & { error?: { message?: string } }) | null;
    if (!res.ok || !draft?.doc) {
      this.lock(true);
      this.show(draft?.error?.message ?? this.desk.say("editor.refused"));
      return;
    }
    this.calm("");
    this.begin(draft);
  }

  private begin(draft: Draft): void {
    const { desk } = this;
    desk.learn(draft.names);
    const early = this.fields.early();
    this.fields.fill(draft.fields);
    this.body.open(draft.doc.content ?? []);
    const all = { has: () => true };
    const shown = draft.doc.content?.length ? this.body.content(all) : { order: [], blocks: new Map<string, string>() };
    const ledger = Ledger.of(draft.seq, { ...shown, fields: new Map(this.fields.values()) });
    this.sync = new Sync(ledger, { content: () => this.content(), take: (plan) => this.take(plan) }, (p) => desk.save(p), clock, (s) => this.saving(s));
    this.newest = draft.seq;
    this.may = draft.may?.includes("save") ?? true;
    this.lock(!this.may);
    this.conflicts.reset(draft.conflicts ?? []);
    this.show(desk.say(this.may ? "editor.opened" : "editor.read_only"));
    if (this.may) this.bring(early);
    this.checks.refresh(300);
    this.preview?.refresh();
    new Live(desk, {
      draft: (seq, conflicts) => {
        this.newest = Math.max(this.newest, seq);
        void this.catchUp(conflicts !== undefined && conflicts !== this.conflicts.size);
      },
      story: (s) => this.moved(s as StoryState),
      people: (list) => {
        const el = desk.root.querySelector<HTMLElement>("[data-people]");
        if (el) showPeople(desk, el, list);
      },
      back: () => {
        this.sync?.again();
        this.newest = Infinity;
        void this.catchUp();
      },
    });
  }

  /** Takes what was typed before the draft was there; it was typed on what the page was printed with. */
  private bring(early: Early[]): void {
    const printed = Number(this.desk.root.dataset.seq);
    for (const one of early) if (one.again()) this.sync?.ledger.stale.set("f:" + one.name, printed);
  }

  /** Brings to the server what closed tabs left in the browser. False: not possible now. */
  private async deliverRemains(): Promise<boolean> {
    let left;
    try {
      left = await this.drawer.left();
    } catch {
      return true; // no store in this browser
    }
    for (const record of left) {
      const side = new Remains(record.sync);
      let refused = "";
      const sync = new Sync(new Ledger(), side, (p) => this.desk.save(p), clock, (s) => {
        if (s.is === "refused") refused = s.message;
        if (s.is === "offline" || s.is === "signed_out") this.calm(s.is);
      });
      sync.resume(record.sync);
      const pending = sync.pending();
      if (await sync.flush()) {
        await this.drawer.drop(record);
        if (pending) this.say(this.desk.say("editor.restored"));
      } else if (refused) this.showRemains(side, refused, () => this.drawer.drop(record));
      else return false;
    }
    return true;
  }

  /** What can no longer be saved is shown to be copied. */
  private showRemains(side: Remains, message: string, drop: () => Promise<void>): void {
    const { desk } = this;
    const text = h("textarea", { readonly: true, rows: 8, "aria-label": desk.say("editor.remains") });
    const { order, blocks } = side.content();
    text.value = order.map((id) => plainOf(blocks.get(id) ?? "")).join("\n\n");
    const box = h("section", { class: "ed-remains" }, h("h2", {}, desk.say("editor.remains")), h("p", {}, message), text,
      h("div", { class: "actions" }, h("button", { type: "button", onclick: () => void drop().then(() => box.remove()) }, desk.say("editor.remains_drop"))));
    this.bar.before(box);
  }

  /** Something was typed. */
  private touched(): void {
    if (!this.sync || !this.may) return;
    this.kept = false;
    if (!this.keeping) this.keeping = setTimeout(() => this.keep(), KEEP);
    this.sync.touch();
  }

  /** Writes what the server has not into the browser's own store. */
  private keep(): void {
    clearTimeout(this.keeping);
    this.keeping = 0;
    if (!this.sync) return;
    const pending = this.sync.pending();
    const state = pending ? this.sync.toJSON() : null;
    this.kept = true;
    this.writing = this.writing
      .then(() => (state ? this.drawer.keep(state) : this.drawer.clear()))
      .catch(() => {
        this.kept = !pending;
      });
  }

  /** Takes over what others did, and shows where changes met. */
  private take(plan: Plan): void {
    const before = this.content().order;
    if (plan.changed) this.body.take(plan);
    for (const [name, v] of plan.fields) this.fields.set(name, JSON.parse(v));
    this.conflicts.close(plan.superseded);
    if (plan.open) this.conflicts.reset(plan.open);
    this.conflicts.add(plan.conflicts, before);
  }

  /** Fetches what others did since, unless a save brings it anyway. */
  private async catchUp(anyway = false): Promise<void> {
    const sync = this.sync;
    if (!sync || this.fetching || (this.newest <= sync.ledger.seq && !anyway)) return;
    this.fetching = true;
    const res = await this.desk.ask(`${this.desk.draftURL}?since=${sync.ledger.seq}`);
    this.fetching = false;
    if (this.newest === Infinity) this.newest = sync.ledger.seq;
    if (!res?.ok) return;
    const delta = (await json(res)) as (Delta & { names?: Draft["names"] }) | null;
    if (!delta || typeof delta.seq !== "number") return;
    this.desk.learn(delta.names);
    sync.absorb(delta);
    this.preview?.refresh();
    this.checks.refresh();
    if (this.newest > sync.ledger.seq && sync.state.is !== "saving") setTimeout(() => void this.catchUp(), 300);
  }

  /** Learns the names of what others put in. */
  private async learn(): Promise<void> {
    const res = await this.desk.ask(this.desk.draftURL);
    const draft = res?.ok ? ((await json(res)) as Draft | null) : null;
    if (!draft) return;
    this.desk.learn(draft.names);
    this.desk.root.dispatchEvent(new CustomEvent("editor:names"));
  }

  /** The story went on to another stage, or was published or withdrawn, while it is open here. */
  private moved(s: StoryState): void {
    const { desk } = this;
    const now = [s.stage, s.status, s.live_no].join();
    const before = this.stood;
    this.stood = now;
    this.checks.refresh();
    if (before === "" || before === now) return;
    const [first = "", ...rest] = (s.text ?? "").split(" · ");
    const word = desk.root.querySelector<HTMLElement>("[data-stage-word]");
    if (word && first) {
      word.dataset.stage = s.stage || s.status || "";
      word.textContent = first;
      while (word.nextSibling) word.nextSibling.remove();
      word.after(...rest.map((t) => ` · ${t}`));
    }
    // Who begins to write in a live story knows it: the steps beside the text change, and that says enough.
    const [stage, ...others] = now.split(",");
    const [old, ...same] = before.split(",");
    if (!old && stage === "draft" && others.join() === same.join()) return;
    this.say(desk.say(s.status === "withdrawn" ? "editor.withdrawn" : "editor.moved", { text: s.text ?? "" }));
  }

  private saving(s: State): void {
    const { desk } = this;
    if (s.is !== "waiting") this.calm(s.is === "offline" || s.is === "signed_out" ? s.is : s.is === "refused" ? "refused" : "", s.is === "refused" ? s.message : "");
    switch (s.is) {
      case "saved":
        this.show(desk.say("editor.saved", { time: desk.time(s.at ?? new Date()) }));
        this.keep();
        this.preview?.refresh();
        this.checks.refresh();
        if (this.newest > (this.sync?.ledger.seq ?? 0)) void this.catchUp();
        return;
      case "waiting":
        return this.show(desk.say("editor.unsaved"));
      case "saving":
        this.keep();
        return this.show(desk.say("editor.saving"));
      default:
        this.keep();
        this.show(desk.say("editor.kept_here"));
        if (s.is === "refused" && s.block) this.body.reveal(s.block);
    }
  }

  private show(text: string): void {
    if (this.state.textContent !== text) this.state.textContent = text;
  }

  /** The calm bar: what is wrong, what is kept, what can be done. */
  private calm(why: "" | "offline" | "signed_out" | "refused", message = ""): void {
    const { desk, bar } = this;
    bar.hidden = why === "";
    if (bar.dataset.why === why + message) return;
    bar.dataset.why = why + message;
    if (!why) return bar.replaceChildren();
    const text = why === "refused" ? `${message} ${desk.say("editor.kept_text")}` : desk.say(why === "offline" ? "editor.offline" : "editor.signed_out");
    const again = h("button", { type: "button", onclick: () => this.sync?.again() }, desk.say("editor.try_again"));
    const signIn = h("a", { class: "button main", href: "/newsroom/sign-in", target: "_blank", rel: "opener" }, desk.say("editor.sign_in"));
    bar.replaceChildren(h("p", {}, text), h("div", { class: "actions" }, why === "signed_out" ? signIn : again));
  }

  private say(text: string, link?: HTMLElement): void {
    this.said.replaceChildren(text, ...(link ? [" ", link] : []));
    this.said.hidden = text === "";
  }

  private listen(): void {
    const { desk } = this;
    addEventListener("beforeunload", (e) => {
      if (this.sync ? this.kept : !this.fields.early().length) return;
      this.keep();
      e.preventDefault();
    });
    const hide = (): void => {
      if (!this.kept) this.keep();
      if (this.sync?.pending()) this.sync.again();
    };
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") hide();
      else if (this.sync?.state.is === "signed_out" || this.sync?.state.is === "offline") this.sync.again();
    });
    addEventListener("pagehide", hide);
    addEventListener("online", () => this.sync?.again());
    addEventListener("keydown", (e) => {
      if ((e.ctrlKey || e.metaKey) && !e.altKey && e.key.toLowerCase() === "s") {
        e.preventDefault();
        void this.sync?.flush();
      }
    });
    let learning = 0;
    desk.root.addEventListener("editor:unknown", () => {
      clearTimeout(learning);
      if (this.sync) learning = setTimeout(() => void this.learn(), 400);
    });
    desk.root.addEventListener("editor:signed-out", () => this.calm("signed_out"));
    desk.root.addEventListener("input", (e) => {
      if ((e.target as HTMLElement).dataset?.field === "language") this.body.view.dispatch(this.body.view.state.tr.setMeta("language", true));
    });
    // What acts on the draft waits until all of it is saved.
    document.addEventListener("submit", (e) => this.submit(e), true);
    desk.root.addEventListener("click", (e) => this.leave(e));
  }

  /** A link to a page that acts on the draft waits as well. */
  private leave(e: MouseEvent): void {
    const link = (e.target as Element).closest<HTMLAnchorElement>("a[data-act], a[data-open-preview]");
    if (!link || !this.sync?.pending() || e.defaultPrevented || e.button || e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    void this.sync.flush().then((ok) => {
      if (ok) open(link.href, link.target || "_self");
      else this.say(this.desk.say("editor.not_saved_yet"));
    });
  }

  private submit(e: SubmitEvent): void {
    const form = e.target;
    if (!(form instanceof HTMLFormElement) || form.method !== "post") return;
    if (form.contains(this.body.view.dom)) {
      // The paper is saved by itself; its form is for browsers without script.
      e.preventDefault();
      e.stopImmediatePropagation();
      return void this.sync?.flush();
    }
    if (!this.sync?.pending()) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    const by = e.submitter;
    void this.sync.flush().then((ok) => {
      if (!ok) return this.say(this.desk.say("editor.not_saved_yet"));
      form.requestSubmit(by instanceof HTMLButtonElement || by instanceof HTMLInputElement ? by : null);
    });
  }
}

function plainOf(block: string): string {
  const out: string[] = [];
  const walk = (n: { text?: string; content?: unknown[] }): void => {
    if (n.text) out.push(n.text);
    for (const c of n.content ?? []) walk(c as { text?: string; content?: unknown[] });
  };
  if (block) walk(JSON.parse(block) as { text?: string; content?: unknown[] });
  return out.join("");
}
