// Lists that go on: the link to older stories loads them into the list. Without
// it the link is a link.
import { times } from "./times";

async function more(e: MouseEvent): Promise<void> {
  const link = (e.target as Element).closest<HTMLAnchorElement>("[data-pager] a[rel=next]");
  const list = document.querySelector<HTMLElement>("[data-list]");
  const pager = link?.closest<HTMLElement>("[data-pager]");
  if (!link || !list || !pager || e.ctrlKey || e.metaKey || e.shiftKey) return;
  e.preventDefault();
  const { wait = "", sorry = "" } = pager.dataset;
  const before = link.textContent;
  link.textContent = wait;
  pager.ariaBusy = "true";
  try {
    const answer = await fetch(link.href);
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const rows = [...(page.querySelector("[data-list]")?.children ?? [])] as HTMLElement[];
    times(page);
    const last = list.lastElementChild as HTMLElement | null;
    const first = rows[0];
    // A day that the page break cut in two becomes one again.
    if (first?.dataset.day && first.dataset.day === last?.dataset.day) {
      last.querySelector("ul")?.append(...(first.querySelector("ul")?.children ?? []));
      rows.shift();
    }
    list.append(...rows);
    const next = page.querySelector<HTMLAnchorElement>("[data-pager] a[rel=next]");
    if (next) link.href = next.href;
    else link.remove();
    link.textContent = before;
    (first?.isConnected ? first : last)?.querySelector<HTMLElement>("h3 a")?.focus({ preventScroll: true });
  } catch {
    link.textContent = sorry;
  }
  pager.removeAttribute("aria-busy");
}

document.addEventListener("click", (e) => void more(e));
for (const link of document.querySelectorAll<HTMLElement>("[data-pager] a[rel=next]")) {
  link.textContent = link.closest<HTMLElement>("[data-pager]")?.dataset.more ?? link.textContent;
}
