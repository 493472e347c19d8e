// The moderation desk: keys that move among comments and press their buttons,
// and a list that keeps itself up to date. All of it works without.

import { Live } from "./board/live";

const place = "warta-talk-place";

const talk = document.querySelector<HTMLElement>("[data-talk]");
if (talk) desk(talk);

function desk(talk: HTMLElement): void {
  const dialog = document.querySelector<HTMLDialogElement>("#keys");
  const off = "warta-keys-off";
  const open = document.querySelector<HTMLButtonElement>("[data-keys]");
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
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || dialog?.open) return;
    if (e.key === "Escape") return leave(talk, e);
    if (typing(e.target) || localStorage.getItem(off)) return;
    if (press(talk, e.key, dialog)) e.preventDefault();
  });
  talk.addEventListener("submit", () => remember(talk));
  restore(talk);
  if (!talk.dataset["url"]) return;
  // While somebody writes, what he writes in must stay.
  const busy = (): boolean => talk.querySelector("details[open]") !== null;
  new Live(talk, talk.dataset["url"], Number(talk.dataset["seq"]), () => {}, () => {}, "room:discussion", busy);
}

function press(talk: HTMLElement, k: string, dialog: HTMLDialogElement | null): boolean {
  const here = current(talk);
  switch (k) {
    case "j":
      return move(talk, 1);
    case "k":
      return move(talk, -1);
    case "a":
      return click(here, "button[data-do=approve]");
    case "f":
      return click(here, "button[data-do=feature]");
    case "r":
      return unfold(here, "reject");
    case "w":
      return unfold(here, "answer");
    case "o":
      return click(here, "a[data-open]");
    case "p":
      return click(here, "a[data-author]");
    case "u":
      return click(document.body, "[data-undo]");
    case "?":
      dialog?.showModal();
      return dialog !== null;
  }
  return false;
}

function comments(talk: HTMLElement): HTMLElement[] {
  return [...talk.querySelectorAll<HTMLElement>("[data-comment]")];
}

function current(talk: HTMLElement): HTMLElement | null {
  const e = document.activeElement?.closest<HTMLElement>("[data-comment]");
  return e && talk.contains(e) ? e : null;
}

function move(talk: HTMLElement, by: number): boolean {
  const list = comments(talk);
  const here = current(talk);
  const next = here ? list[list.indexOf(here) + by] : list[0];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return next !== undefined || here !== null;
}

function click(within: Element | null, what: string): boolean {
  const e = within?.querySelector<HTMLElement>(what);
  e?.click();
  return e !== null && e !== undefined;
}

function unfold(here: HTMLElement | null, what: string): boolean {
  const d = here?.querySelector<HTMLDetailsElement>(`details[data-do=${what}]`);
  if (!d) return false;
  d.open = true;
  d.querySelector<HTMLElement>("select, textarea")?.focus();
  return true;
}

/** Closes what is unfolded and goes back to the comment. */
function leave(talk: HTMLElement, e: KeyboardEvent): void {
  const here = current(talk);
  const open = here?.querySelectorAll<HTMLDetailsElement>("details[open]");
  if (!here || !open || open.length === 0) return;
  for (const d of open) d.open = false;
  here.focus();
  e.preventDefault();
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("select, textarea, input:not([type=checkbox])");
}

/** Keeps where in the list somebody was when a form is sent. */
function remember(talk: HTMLElement): void {
  const here = current(talk);
  if (here) sessionStorage.setItem(place, String(comments(talk).indexOf(here)));
}

/** Goes back there: what was decided about is gone, and the next one has its place. */
function restore(talk: HTMLElement): void {
  const at = sessionStorage.getItem(place);
  sessionStorage.removeItem(place);
  if (at === null) return;
  const list = comments(talk);
  list[Math.min(Number(at), list.length - 1)]?.focus();
}
