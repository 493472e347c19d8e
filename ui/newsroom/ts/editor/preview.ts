// The story as readers will get it, beside the editor: the page on a phone and
// on a desk as everybody gets it, and as members do, the card in lists, the card in shares. Drawn anew after a save.

import type { Desk } from "./desk";
import { h } from "./dom";

const WIDE = matchMedia("(min-width: 1280px)");
const KINDS = ["phone", "desk", "member", "card", "share"] as const;
type Kind = (typeof KINDS)[number];
const WIDTHS: Record<Kind, number> = { phone: 360, desk: 1200, member: 360, card: 420, share: 640 };

/** The panel with the frame. */
export class Preview {
  private kind: Kind = "phone";
  private shown = false;
  private frame: HTMLIFrameElement;
  private readonly box: HTMLElement;
  private timer = 0;
  private stale = true;

  constructor(private readonly desk: Desk, private readonly el: HTMLElement) {
    const tabs = KINDS.map((k) => h("button", { type: "button", "data-kind": k, "aria-pressed": "false", onclick: () => this.pick(k) }, desk.say("editor.preview." + k)));
    this.frame = this.fresh();
    this.box = h("div", { class: "ed-frame" }, this.frame);
    el.classList.add("ed-preview");
    if (!el.hasAttribute("aria-label")) el.setAttribute("aria-label", desk.say("editor.preview"));
    const toggle = h("button", { type: "button", class: "plain link", "aria-expanded": "true" }, desk.say("editor.preview_hide"));
    toggle.addEventListener("click", () => {
      const folded = el.toggleAttribute("data-folded");
      toggle.setAttribute("aria-expanded", String(!folded));
      toggle.textContent = desk.say(folded ? "editor.preview_show" : "editor.preview_hide");
      document.body.classList.toggle("ed-no-preview", folded);
      this.look();
    });
    el.replaceChildren(h("div", { class: "ed-preview-head" }, h("div", { role: "group", "aria-label": desk.say("editor.preview"), class: "ed-tabs" }, ...tabs), toggle), this.box);
    WIDE.addEventListener("change", () => this.look());
    new ResizeObserver(() => this.fit()).observe(this.box);
    this.pick("phone");
  }

  private fresh(): HTMLIFrameElement {
    const f = h("iframe", { title: this.desk.say("editor.preview"), tabindex: "-1" });
    return f;
  }

  private pick(kind: Kind): void {
    this.kind = kind;
    for (const b of this.el.querySelectorAll<HTMLElement>("[data-kind]")) b.setAttribute("aria-pressed", String(b.dataset.kind === kind));
    this.stale = true;
    this.shown = false;
    this.look();
  }

  /** Loads the frame if it is seen and not what the server has. */
  private look(): void {
    if (!this.stale || !WIDE.matches || this.el.hasAttribute("data-folded")) return;
    this.stale = false;
    const what = this.kind === "phone" || this.kind === "desk" ? "page" : this.kind;
    const url = `${this.desk.base}/preview?what=${what}`;
    this.fit();
    const before = this.frame;
    if (!this.shown) {
      before.src = url;
      this.shown = true;
      return;
    }
    // The old one stays until the new one is there: nothing flickers, and one reads on where one was.
    const next = this.fresh();
    next.className = "ed-coming";
    const top = before.contentDocument ? (before.contentWindow?.scrollY ?? 0) : 0;
    next.addEventListener("load", () => {
      // A page of the browser's own has no document for us: the server did not answer.
      if (!next.contentDocument && before.contentDocument) {
        next.remove();
        this.frame = before;
        this.stale = true;
        return;
      }
      if (next.contentDocument) next.contentWindow?.scrollTo(0, top);
      next.className = "";
      before.remove();
    }, { once: true });
    next.src = url;
    this.frame = next;
    this.box.append(next);
    this.fit();
  }

  /** Shows a wide page in a narrow place by drawing it smaller. */
  private fit(): void {
    const width = WIDTHS[this.kind];
    this.box.style.maxInlineSize = `${width + 2}px`; // the frame's borders
    const scale = Math.min(1, this.box.clientWidth / width || 1);
    for (const f of this.box.querySelectorAll("iframe")) {
      f.style.width = `${width}px`;
      f.style.height = `${Math.round(this.box.clientHeight / scale)}px`;
      f.style.transform = `scale(${scale})`;
    }
  }

  /** The server has something new. */
  refresh(): void {
    this.stale = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), 800);
  }
}
