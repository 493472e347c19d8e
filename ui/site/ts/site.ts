// What every page gets: the slim masthead when scrolling up, and times of the
// last day in words. Pages are complete without it.
import { times } from "./times";

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

/** Asks who is there, if the browser has the hint that somebody is signed in. */
async function me(link: HTMLElement): Promise<void> {
  const { name } = (await (await fetch("/me")).json()) as { name: string | null };
  if (!name) return;
  link.textContent = link.dataset.me ?? "";
  link.title = name;
}

const head = document.querySelector<HTMLElement>("[data-mast]");
if (head) masthead(head);
times(document);
const account = document.querySelector<HTMLElement>("[data-me]");
if (account && document.cookie.includes("__Host-warta-me=")) me(account).catch(() => {}); // the link leads there anyway
