// A list that floats at the cursor and is worked by keys while the cursor
// stays in the text: the slash menu, the block menu.

import { elementID, float, h, icon } from "./dom";

/** A line of a menu. */
export interface Choice {
  id: string;
  label: string;
  detail?: string | undefined;
  icon?: string;
  group?: string;
  run(): void;
}

/** The floating list; one per editor. */
export class Menu {
  readonly el: HTMLElement;
  private choices: Choice[] = [];
  private at = 0;
  private readonly id = elementID("menu");
  private onHide: (() => void) | null = null;

  constructor(host: HTMLElement, private readonly field: HTMLElement) {
    this.el = h("div", { class: "ed-menu", role: "listbox", id: this.id, tabindex: 0, hidden: true });
    // The text keeps the focus.
    this.el.addEventListener("mousedown", (e) => e.preventDefault());
    this.el.addEventListener("click", (e) => {
      const i = Number((e.target as Element).closest<HTMLElement>("[data-i]")?.dataset.i ?? -1);
      if (this.choices[i]) this.pick(i);
    });
    host.append(this.el);
  }

  /** Whether the list is open. */
  get open(): boolean {
    return !this.el.hidden;
  }

  /** Opens the list, or changes what it offers. */
  show(label: string, choices: Choice[], at: { left: number; top: number; bottom: number }, onHide?: () => void): void {
    if (!choices.length) return this.hide();
    const before = this.open ? this.choices[this.at]?.id : undefined;
    this.choices = choices;
    this.at = Math.max(0, choices.findIndex((c) => c.id === before));
    this.onHide = onHide ?? null;
    this.el.setAttribute("aria-label", label);
    this.draw();
    this.el.hidden = false;
    this.field.setAttribute("aria-controls", this.id);
    float(this.el, at);
    this.mark();
  }

  private draw(): void {
    const parts: HTMLElement[] = [];
    let box: HTMLElement | null = null;
    let group: string | undefined;
    this.choices.forEach((c, i) => {
      if (c.group !== group || !box) {
        group = c.group;
        const name = group ? h("div", { class: "ed-menu-group", "aria-hidden": "true" }, group) : null;
        box = h("div", group ? { role: "group", "aria-label": group } : { role: "group" }, name);
        parts.push(box);
      }
      box.append(
        h("div", { role: "option", id: `${this.id}-${i}`, "data-i": i, "aria-selected": "false" }, c.icon ? icon(c.icon) : null, h("span", {}, c.label), c.detail ? h("small", {}, c.detail) : null),
      );
    });
    this.el.replaceChildren(...parts);
  }

  private mark(): void {
    this.el.querySelectorAll("[role=option]").forEach((o, i) => o.setAttribute("aria-selected", String(i === this.at)));
    const on = document.getElementById(`${this.id}-${this.at}`);
    on?.scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", `${this.id}-${this.at}`);
  }

  private pick(i: number): void {
    const c = this.choices[i];
    this.hide();
    c?.run();
  }

  /** Closes the list. */
  hide(): void {
    if (this.el.hidden) return;
    this.el.hidden = true;
    this.field.removeAttribute("aria-activedescendant");
    this.field.removeAttribute("aria-controls");
    const told = this.onHide;
    this.onHide = null;
    told?.();
  }

  /** Works a key while the list is open; whether it was for the list. */
  key(e: KeyboardEvent): boolean {
    if (!this.open) return false;
    const n = this.choices.length;
    switch (e.key) {
      case "ArrowDown":
        this.at = (this.at + 1) % n;
        break;
      case "ArrowUp":
        this.at = (this.at + n - 1) % n;
        break;
      case "Enter":
      case "Tab":
        this.pick(this.at);
        return true;
      case "Escape":
        this.hide();
        return true;
      default:
        return false;
    }
    this.mark();
    return true;
  }
}
