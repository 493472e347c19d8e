// A field that suggests while one types: an input with a list of what was
// found, as the combobox pattern has it.

import { elementID, h } from "./dom";
import type { Desk, Item } from "./desk";

/** What a finder is made with. */
export interface FinderOptions {
  label: string;
  kind: string; // what is searched: people, topics, sources, stories
  make?: boolean; // offer to make what is not there
  without?: () => readonly number[]; // what is chosen already
  first?: () => string; // what to suggest from before anything is typed
  pick(item: Item): void;
  leave?: () => void; // Escape on an empty field
}

const WAIT = 180;

/** The input with its list. */
export class Finder {
  readonly el: HTMLElement;
  readonly input: HTMLInputElement;
  private readonly list: HTMLElement;
  private readonly note: HTMLElement;
  private items: Item[] = [];
  private at = -1;
  private asked: AbortController | null = null;
  private timer = 0;

  constructor(private readonly desk: Desk, private readonly o: FinderOptions) {
    const id = elementID("found");
    this.list = h("ul", { class: "ed-found", role: "listbox", id, "aria-label": o.label, hidden: true });
    this.note = h("p", { class: "ed-note", role: "status" });
    this.input = h("input", {
      type: "text", role: "combobox", "aria-label": o.label, "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id,
      autocomplete: "off", autocapitalize: "off", spellcheck: "false", placeholder: desk.say("editor.find_placeholder"),
    });
    this.el = h("div", { class: "ed-finder" }, this.input, this.list, this.note);
    this.input.addEventListener("input", (e) => {
      e.stopPropagation(); // the field around it has not changed
      this.later();
    });
    this.input.addEventListener("change", (e) => e.stopPropagation());
    this.input.addEventListener("focus", () => o.first && this.later());
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 120));
    this.input.addEventListener("keydown", (e) => this.key(e));
    this.list.addEventListener("mousedown", (e) => e.preventDefault());
    this.list.addEventListener("click", (e) => {
      const i = Number((e.target as Element).closest<HTMLElement>("[data-i]")?.dataset.i ?? -1);
      if (i >= 0) void this.choose(i);
    });
  }

  private later(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.search(), WAIT);
  }

  private async search(): Promise<void> {
    const typed = this.input.value.trim();
    const q = typed || (this.o.first?.() ?? "");
    this.asked?.abort();
    if (!q && !this.o.first) return this.close();
    const asked = (this.asked = new AbortController());
    const found = await this.desk.find(this.o.kind, q, asked.signal);
    if (asked.signal.aborted || document.activeElement !== this.input) return;
    const without = this.o.without?.() ?? [];
    this.items = found.filter((i) => !without.includes(i.id)).slice(0, 12);
    const known = found.some((i) => i.name.toLowerCase() === typed.toLowerCase());
    if (this.o.make && typed && !known) this.items.push({ id: 0, name: typed, detail: this.desk.say("editor.make"), path: "" });
    this.note.textContent = this.items.length || !typed ? "" : this.desk.say("editor.find_none");
    this.at = this.items.length && typed ? 0 : -1;
    this.draw();
  }

  private draw(): void {
    this.list.replaceChildren(
      ...this.items.map((item, i) =>
        h("li", { role: "option", id: `${this.list.id}-${i}`, "data-i": i, "aria-selected": String(i === this.at), class: item.id ? "" : "ed-make" },
          h("span", {}, item.id ? item.name : `“${item.name}”`), item.detail ? h("small", {}, item.detail) : null),
      ),
    );
    this.list.hidden = this.items.length === 0;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    if (this.at >= 0) this.input.setAttribute("aria-activedescendant", `${this.list.id}-${this.at}`);
    else this.input.removeAttribute("aria-activedescendant");
    document.getElementById(`${this.list.id}-${this.at}`)?.scrollIntoView({ block: "nearest" });
  }

  private close(): void {
    this.items = [];
    this.at = -1;
    this.draw();
  }

  private key(e: KeyboardEvent): void {
    const n = this.items.length;
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      if (!n) return this.later();
      this.at = e.key === "ArrowDown" ? (this.at + 1) % n : (this.at + n) % (n + 1) - 1;
      if (this.at < 0) this.at = n - 1;
      this.draw();
    } else if (e.key === "Enter") {
      e.preventDefault(); // a form around it is not meant
      if (this.at >= 0) void this.choose(this.at);
    } else if (e.key === "Escape") {
      if (n || this.input.value) e.stopPropagation();
      if (!n && !this.input.value) this.o.leave?.();
      this.input.value = "";
      this.close();
    }
  }

  private async choose(i: number): Promise<void> {
    let item = this.items[i];
    if (!item) return;
    if (!item.id) {
      const made = await this.desk.make(this.o.kind, item.name);
      if (typeof made === "string") {
        this.note.textContent = made;
        return;
      }
      item = { ...made, name: made.name || item.name };
      if (!item.id) return;
    }
    this.note.textContent = "";
    this.input.value = "";
    this.close();
    if (this.o.kind === "stories") this.desk.learn({ stories: { [item.id]: { headline: item.name, path: item.path } } });
    else this.desk.learn({ [this.o.kind]: { [item.id]: item.name } });
    this.o.pick(item);
  }
}
