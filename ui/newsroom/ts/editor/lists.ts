// The custom elements for fields that are lists: topics, sources and related
// stories by search, the byline, the labels. Each has a value, says "input"
// when a person changed it, and works by keys alone.

import { h, icon } from "./dom";
import { Finder } from "./finder";
import type { Desk, Item } from "./desk";
import type { Credit } from "./fieldtext";

/** A field of our own: what the page binds to. */
export abstract class ListField<T> extends HTMLElement {
  protected desk!: Desk;
  protected held: T[] = [];
  private off = false;

  /** Makes the element ready; it has no page before. */
  attach(desk: Desk): void {
    this.desk = desk;
    this.build();
    this.draw();
  }

  get value(): unknown {
    return this.held;
  }

  set value(v: unknown) {
    this.held = Array.isArray(v) ? ([...v] as T[]) : [];
    this.draw();
  }

  /** Whether the person may only look. */
  get disabled(): boolean {
    return this.off;
  }

  set disabled(v: boolean) {
    this.off = v;
    this.draw();
    for (const x of this.querySelectorAll<HTMLInputElement | HTMLButtonElement | HTMLSelectElement>("input, button, select")) x.disabled = v;
  }

  protected changed(): void {
    this.draw();
    this.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** The words of the label that the page gave the field. */
  protected get label(): string {
    const by = this.getAttribute("aria-labelledby");
    const named = by ? document.getElementById(by)?.textContent : this.closest(".field, fieldset")?.querySelector("label, legend, span")?.textContent;
    return this.getAttribute("aria-label") ?? this.dataset.label ?? named?.trim() ?? this.dataset.field ?? "";
  }

  protected abstract build(): void;
  protected abstract draw(): void;

  /** The buttons that move and remove the i-th of the list. */
  protected tools(i: number, name: string, ordered: boolean): HTMLElement {
    const button = (key: string, sign: string, off: boolean, run: () => void): HTMLButtonElement =>
      h("button", { type: "button", class: "plain ed-tool", "aria-label": this.desk.say(key, { name }), title: this.desk.say(key, { name }), disabled: off || this.off, onclick: run }, icon(sign));
    const move = (by: number): void => {
      const [x] = this.held.splice(i, 1);
      this.held.splice(i + by, 0, x!);
      this.changed();
      this.focusTool(i + by, by < 0 ? 0 : 1);
    };
    ordered &&= this.held.length > 1;
    return h("span", { class: "ed-tools" },
      ordered && button("editor.move_up", "up", i === 0, () => move(-1)),
      ordered && button("editor.move_down", "down", i === this.held.length - 1, () => move(1)),
      button("editor.remove_item", "close", false, () => {
        this.held.splice(i, 1);
        this.changed();
        this.querySelector<HTMLElement>("input")?.focus();
      }));
  }

  private focusTool(row: number, tool: number): void {
    const buttons = this.querySelectorAll("li")[row]?.querySelectorAll<HTMLButtonElement>("button");
    const wanted = buttons?.[tool];
    (wanted && !wanted.disabled ? wanted : buttons?.[1 - tool])?.focus();
  }
}

/** A list of topics, sources or stories by number; with data-one a single one. */
export class PickList extends ListField<number> {
  private readonly chosen = h("ul", { class: "ed-chosen" });

  override get value(): unknown {
    return this.dataset.one === undefined ? this.held : (this.held[0] ?? 0);
  }

  override set value(v: unknown) {
    super.value = typeof v === "number" ? (v ? [v] : []) : v;
  }

  protected build(): void {
    this.chosen.setAttribute("aria-label", this.label);
    const kind = this.dataset.find ?? "topics";
    const finder = new Finder(this.desk, {
      label: this.label, kind, make: this.dataset.make !== undefined,
      without: () => (kind === "stories" ? [...this.held, this.desk.story] : this.held),
      pick: (item: Item) => {
        if (this.dataset.one !== undefined) this.held = [];
        this.held.push(item.id);
        this.changed();
      },
    });
    this.replaceChildren(this.chosen, finder.el);
  }

  private nameOf(id: number): string {
    const kind = this.dataset.find;
    if (kind === "stories") return this.desk.names.stories[id]?.headline ?? `#${id}`;
    const names = kind === "sources" ? this.desk.names.sources : kind === "people" ? this.desk.names.people : this.desk.names.topics;
    return names[id] ?? `#${id}`;
  }

  protected draw(): void {
    if (!this.desk) return;
    const ordered = this.dataset.find === "stories" && this.dataset.one === undefined;
    this.chosen.hidden = this.held.length === 0;
    this.chosen.classList.toggle("ed-rows", ordered);
    this.chosen.replaceChildren(...this.held.map((id, i) => h("li", {}, h("span", {}, this.nameOf(id)), this.tools(i, this.nameOf(id), ordered))));
  }
}

/** The roles of a byline in their order. */
export const ROLES = ["writer", "reporter", "editor", "photographer", "videographer", "translator", "contributor", "team"];

/** The byline: people in roles, in order. */
export class CreditList extends ListField<Credit> {
  private readonly chosen = h("ul", { class: "ed-chosen ed-rows" });

  protected build(): void {
    this.chosen.setAttribute("aria-label", this.label);
    const finder = new Finder(this.desk, {
      label: this.desk.say("editor.add_person"), kind: "people", make: this.dataset.make !== undefined,
      pick: (item) => {
        this.held.push({ person: item.id, role: this.held.some((c) => c.role === "writer" || c.role === "reporter") ? "editor" : "reporter" });
        this.changed();
      },
    });
    this.replaceChildren(this.chosen, finder.el);
  }

  protected draw(): void {
    if (!this.desk) return;
    this.chosen.hidden = this.held.length === 0;
    this.chosen.replaceChildren(
      ...this.held.map((credit, i) => {
        const name = this.desk.names.people[credit.person] ?? `#${credit.person}`;
        const role = h("select", { "aria-label": this.desk.say("editor.role_of", { name }), disabled: this.disabled },
          ...ROLES.map((r) => h("option", { value: r, selected: r === credit.role }, this.desk.say("editor.role." + r))));
        role.addEventListener("input", (e) => e.stopPropagation());
        role.addEventListener("change", (e) => {
          e.stopPropagation();
          this.held[i] = { ...credit, role: role.value };
          this.dispatchEvent(new Event("input", { bubbles: true }));
        });
        return h("li", {}, h("span", {}, name), role, this.tools(i, name, true));
      }),
    );
  }
}

/** The labels of a story: the boxes to tick that the page brought. */
export class LabelList extends ListField<string> {
  private boxes: HTMLInputElement[] = [];

  protected build(): void {
    this.boxes = [...this.querySelectorAll<HTMLInputElement>("input[type=checkbox]")];
    for (const b of this.boxes) {
      b.addEventListener("input", (e) => e.stopPropagation());
      b.addEventListener("change", (e) => {
        e.stopPropagation();
        const own = new Set(this.boxes.map((x) => x.value));
        // A label that this page does not know stays.
        this.held = [...this.boxes.filter((x) => x.checked).map((x) => x.value), ...this.held.filter((l) => !own.has(l))];
        this.changed();
      });
    }
  }

  protected draw(): void {
    for (const b of this.boxes) b.checked = this.held.includes(b.value);
  }
}
