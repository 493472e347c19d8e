// What every page gets: the slim masthead when scrolling up, and times of the
// last day in words. Pages are complete without it.
import { ask, type Me } from "./me";
import { buttons, join, list, mark, signedIn } from "./shelf";
import { times } from "./times";

declare global {
  interface Window {
    wartaMe?: Promise<Me | null>; // for scripts of parts of the page
  }
}

/** Shows the row of sections again as soon as the reader scrolls up. */
function masthead(head: HTMLElement): void {
  const row = head.querySelector<HTMLElement>(".ways");
  if (!row) return;
  let last = scrollY;
  addEventListener(
    "scroll",
    () => {
      const y = scrollY;
      if (Math.abs(y - last) < 8) return;
      const up = y < last && y > head.offsetHeight;
      // Only the lowest row stays: all above it is pushed out of the window.
      if (up) head.style.top = `${row.offsetHeight - head.offsetHeight}px`;
      head.toggleAttribute("data-up", up);
      last = y;
    },
    { passive: true },
  );
}

/** Says who is there and what he keeps, if the browser has the hint that somebody
 *  is signed in. */
async function me(link: HTMLElement, links: HTMLAnchorElement[], asked: Promise<Me | null>): Promise<void> {
  const { name, kept = [], forget } = (await asked) ?? {};
  if (forget) void import(forget);
  if (!name) return;
  link.textContent = link.dataset.me ?? "";
  link.title = name;
  mark(links, kept);
}

const head = document.querySelector<HTMLElement>("[data-mast]");
if (head) masthead(head);
times(document);
const account = document.querySelector<HTMLElement>("[data-me]");
const links = [...document.querySelectorAll<HTMLAnchorElement>("a[data-keep]")];
const items = buttons(links);
if (account && signedIn()) {
  // What the browser kept is handed over first. If nobody answers, the link leads
  // there anyway.
  window.wartaMe = join(localStorage, Date.now())
    .catch(() => {})
    .then(() => ask(items))
    .catch(() => null);
  void me(account, links, window.wartaMe);
} else if (document.querySelector("[data-shelf]")) list();
