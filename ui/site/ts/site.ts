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

const head = document.querySelector<HTMLElement>("[data-mast]");
if (head) masthead(head);
times(document);
