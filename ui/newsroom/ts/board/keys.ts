// The board's keys: moving among cards, opening, selecting, and the steps that
// can be taken with the card in focus or with the selection. They can be turned
// off, since they are single letters.

import type { Pick } from "./pick";

/** The step that a key stands for, as addresses name it with hyphens. */
const steps: Record<string, string> = { u: "submit", a: "approve", b: "send_back", s: "schedule", p: "publish", t: "assign" };

const off = "warta-keys-off";

export class Keys {
  constructor(
    private readonly form: HTMLFormElement,
    private readonly pick: Pick,
    private readonly say: (key: string) => void,
  ) {
    const dialog = document.querySelector<HTMLDialogElement>("#keys");
    const open = form.querySelector<HTMLButtonElement>("[data-keys]");
    if (open) {
      open.hidden = false;
      open.addEventListener("click", () => dialog?.showModal());
    }
    const on = dialog?.querySelector<HTMLInputElement>("[data-keys-on]");
    if (on) {
      on.checked = !localStorage.getItem(off);
      on.addEventListener("change", () => {
        if (on.checked) localStorage.removeItem(off);
        else localStorage.setItem(off, "1");
      });
    }
    document.addEventListener("keydown", (e) => {
      if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || dialog?.open || typing(e.target)) return;
      if (e.key.length === 1 && localStorage.getItem(off)) return;
      if (this.press(e.key, dialog)) e.preventDefault();
    });
  }

  private press(k: string, dialog: HTMLDialogElement | null): boolean {
    switch (k) {
      case "j":
      case "ArrowDown":
        return this.move(1);
      case "k":
      case "ArrowUp":
        return this.move(-1);
      case "l":
      case "ArrowRight":
        return this.across(1);
      case "h":
      case "ArrowLeft":
        return this.across(-1);
      case "x":
        return this.withCard((card) => this.pick.toggle(card));
      case "Escape":
        return this.pick.clear();
      case "/":
        document.querySelector<HTMLElement>("[data-search]")?.focus();
        return true;
      case "n":
        document.querySelector<HTMLFormElement>(".newstory")?.requestSubmit();
        return true;
      case "?":
        dialog?.showModal();
        return true;
    }
    const step = steps[k];
    return step ? this.step(step) : false;
  }

  /** Takes a step with the selection, else goes to the step's page of one card. */
  private step(name: string): boolean {
    if (this.pick.picked().length > 0) {
      if (!this.pick.work(name)) this.say("bulk_cannot");
      return true;
    }
    return this.withCard((card) => {
      if (!(card.dataset["acts"] ?? "").split(" ").includes(name)) {
        this.say("cannot");
        return;
      }
      remember(card);
      const back = this.form.querySelector<HTMLInputElement>("input[name=next]")?.value ?? "";
      location.href = `/newsroom/stories/${card.dataset["story"] ?? ""}/${name.replace("_", "-")}?next=${encodeURIComponent(back)}`;
    });
  }

  private withCard(fn: (card: HTMLElement) => void): boolean {
    const card = this.current();
    if (card) fn(card);
    return card !== null;
  }

  private current(): HTMLElement | null {
    return document.activeElement?.closest<HTMLElement>("[data-story]") ?? null;
  }

  private cards(): HTMLElement[] {
    return [...this.form.querySelectorAll<HTMLElement>("[data-story]")].filter((c) => c.offsetParent !== null);
  }

  private move(by: number): boolean {
    const card = this.current();
    const among = card ? this.cards().filter((c) => c.parentElement === card.parentElement) : this.cards();
    const next = card ? among[among.indexOf(card) + by] : among[0];
    return next ? focus(next) : card !== null;
  }

  /** Goes to the card at the same height in the next column that has any. */
  private across(by: number): boolean {
    const card = this.current();
    const column = card?.closest("[data-col]");
    if (!card || !column) return card ? false : this.move(1);
    const top = card.getBoundingClientRect().top;
    const columns = [...this.form.querySelectorAll<HTMLElement>("[data-col]")];
    for (let i = columns.indexOf(column as HTMLElement) + by; i >= 0 && i < columns.length; i += by) {
      const cards = [...(columns[i]?.querySelectorAll<HTMLElement>("[data-story]") ?? [])].filter((c) => c.offsetParent !== null);
      const near = cards.sort((a, b) => distance(a, top) - distance(b, top))[0];
      if (near) return focus(near);
    }
    return true;
  }
}

function distance(e: Element, top: number): number {
  return Math.abs(e.getBoundingClientRect().top - top);
}

function focus(card: HTMLElement): boolean {
  const link = card.querySelector<HTMLElement>("a");
  link?.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
  return true;
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("select, textarea, input:not([type=checkbox])"));
}

const place = "warta-board-place";

/** Keeps which card was in focus when a page is left for a step. */
function remember(card: HTMLElement): void {
  const list = card.parentElement?.querySelectorAll("[data-story]");
  const at = list ? [...list].indexOf(card) : 0;
  sessionStorage.setItem(place, JSON.stringify([card.dataset["story"], card.closest<HTMLElement>("[data-col]")?.dataset["col"] ?? "", at]));
}

/** Goes back to that card, or to the one that took its place in the column. */
export function restore(form: HTMLElement): void {
  const kept = sessionStorage.getItem(place);
  sessionStorage.removeItem(place);
  if (!kept) return;
  const [story, column, at] = JSON.parse(kept) as [string, string, number];
  const inColumn = column ? `[data-col="${CSS.escape(column)}"] [data-story]` : "[data-story]";
  const there = [...form.querySelectorAll<HTMLElement>(inColumn)];
  const moved = form.querySelector<HTMLElement>(`[data-story="${CSS.escape(story)}"]`); // the last of its column
  const card = there.find((c) => c.dataset["story"] === story) ?? there[Math.min(at, there.length - 1)] ?? moved;
  if (card) focus(card);
}
