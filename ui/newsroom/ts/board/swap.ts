// Puts a newer state of a part of a page in the place of the old one, so that
// nobody loses the place where he is: cards that say the same stay as they are,
// with their focus and their tick; what is new is put in, what is gone goes.

/** Takes over the children of fresh into old, matching them by key. */
export function settle(old: Element, fresh: Element): void {
  const known = new Map<string, Element>();
  for (const child of old.children) {
    const k = key(child);
    if (k && !known.has(k)) known.set(k, child);
  }
  let at: Element | null = old.firstElementChild;
  for (const next of [...fresh.children]) {
    const k = key(next);
    const same = k ? known.get(k) : undefined;
    if (!same) {
      old.insertBefore(next, at);
      continue;
    }
    known.delete(k);
    if (same === at) at = at.nextElementSibling;
    else old.insertBefore(same, at);
    takeOver(same, next);
  }
  while (at) {
    const gone = at;
    at = at.nextElementSibling;
    gone.remove();
  }
}

/** What makes an element the same one as before, empty for nothing. */
function key(e: Element): string {
  const story = e.getAttribute("data-story");
  if (story) return "story " + story;
  const comment = e.firstElementChild?.getAttribute("data-comment");
  if (e.tagName === "LI" && comment) return "comment " + comment;
  const column = e.getAttribute("data-col");
  if (column) return "column " + column;
  return ["OL", "UL", "TABLE", "TBODY", "NAV"].includes(e.tagName) || e.matches(".board, .table") ? e.tagName + " " + e.className : "";
}

function takeOver(old: Element, fresh: Element): void {
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of [...fresh.attributes]) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  if (!old.hasAttribute("data-story")) {
    settle(old, fresh);
    return;
  }
  if (old.innerHTML === fresh.innerHTML) return;
  const focused = old.contains(document.activeElement) ? where(old, document.activeElement) : "";
  const ticked = old.querySelector<HTMLInputElement>("input[name=id]")?.checked ?? false;
  const open = old.querySelector("details")?.open ?? false;
  old.replaceChildren(...fresh.childNodes);
  const box = old.querySelector<HTMLInputElement>("input[name=id]");
  if (box) box.checked = ticked;
  const details = old.querySelector("details");
  if (details) details.open = open;
  if (focused) old.querySelector<HTMLElement>(focused)?.focus({ preventScroll: true });
}

/** A selector that finds the focused element again in the new content. */
function where(card: Element, focused: Element | null): string {
  if (!focused || focused === card) return "";
  if (focused.matches("input[name=id]")) return "input[name=id]";
  const href = focused.getAttribute("href");
  return href ? `a[href="${CSS.escape(href)}"]` : focused.tagName.toLowerCase();
}

/** The first element of a fragment's text. */
export function parse(html: string): HTMLElement {
  const box = document.createElement("div");
  const parsed = new DOMParser().parseFromString(html, "text/html");
  box.append(...parsed.body.childNodes);
  return box;
}
