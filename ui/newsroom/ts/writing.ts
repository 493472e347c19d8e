// Beside the editor: what the server says of a story is drawn anew when somebody
// takes it a step further, and a receipt is followed until it is complete. The
// page is asked for again and its parts are exchanged, so that there is one
// place that knows how they look.

/** Exchanges the parts of the page for those that the server has now. */
async function redraw(): Promise<boolean> {
  const res = await fetch(location.href, { credentials: "same-origin", headers: { Accept: "text/html" } }).catch(() => null);
  if (!res?.ok || res.redirected) return false;
  const fresh = new DOMParser().parseFromString(await res.text(), "text/html");
  for (const old of document.querySelectorAll<HTMLElement>("[data-part]")) {
    const now = fresh.querySelector<HTMLElement>(`[data-part="${old.dataset["part"]}"]`);
    // What somebody is in must not vanish beneath his hands.
    if (!now || now.innerHTML === old.innerHTML || old.contains(document.activeElement)) continue;
    old.replaceChildren(...now.childNodes);
    old.toggleAttribute("data-watch", now.hasAttribute("data-watch"));
  }
  return true;
}

// The editor says where the story is now; what follows from it is the server's.
const where = document.querySelector<HTMLElement>("[data-where]");
if (where) {
  let known = where.textContent;
  new MutationObserver(() => {
    if (where.textContent === known) return;
    known = where.textContent;
    void redraw();
  }).observe(where, { childList: true, characterData: true, subtree: true });
}

const WATCH = 2000; // ms between two looks at a receipt
const PATIENCE = 150; // looks
const receipts = document.querySelector<HTMLElement>("[data-watch]");
if (receipts) {
  let looks = 0;
  const look = (): void => {
    if (!receipts.hasAttribute("data-watch") || ++looks > PATIENCE) return;
    setTimeout(() => void (document.visibilityState === "visible" ? redraw() : Promise.resolve(true)).then(look), WATCH);
  };
  look();
}

// The link for a guest is there to be copied.
const link = document.querySelector<HTMLInputElement>("[data-copy-from]");
link?.addEventListener("focus", () => link.select());
