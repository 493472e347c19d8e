// What every page of the newsroom gets: the menu on phones, the count of
// notices, dialogs that ask before something is done, and a guard against a
// form that is sent twice. Pages are complete without it.

const side = document.querySelector<HTMLElement>("[data-side]");
const menu = document.querySelector<HTMLButtonElement>("[data-menu]");
if (side && menu) {
  const open = (on: boolean): void => {
    side.toggleAttribute("data-open", on);
    menu.setAttribute("aria-expanded", String(on));
  };
  menu.addEventListener("click", () => open(!side.hasAttribute("data-open")));
  document.addEventListener("keydown", (e) => {
    if (e.key === "Escape" && side.hasAttribute("data-open")) {
      open(false);
      menu.focus();
    }
  });
}

// A button with data-dialog="id" opens the dialog; one with data-close inside
// closes it. Without script the dialog's form stands on a page of its own.
document.addEventListener("click", (e) => {
  if (!(e.target instanceof Element)) return;
  const opener = e.target.closest<HTMLElement>("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset["dialog"] ?? "");
    if (dialog instanceof HTMLDialogElement) {
      e.preventDefault();
      dialog.showModal();
    }
    return;
  }
  if (e.target.closest("[data-close]")) e.target.closest("dialog")?.close();
});

// What was just done is said once: not again when the page is loaded anew, and
// not for whom the address is passed on to.
const done = new URL(location.href);
if (["said", "n", "saved"].map((name) => done.searchParams.has(name) && (done.searchParams.delete(name), true)).some(Boolean)) {
  history.replaceState(history.state, "", done);
}

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (e) => {
  const form = e.target;
  if (!(form instanceof HTMLFormElement) || form.method !== "post") return;
  if (form.dataset["sent"]) {
    e.preventDefault();
    return;
  }
  form.dataset["sent"] = "1";
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sent]")) delete form.dataset["sent"];
});

// Pictures that somebody left on their way (keep/shelf.ts) are not kept longer
// than a day, whichever page is opened then.
try {
  const until = Number(localStorage.getItem("warta-uploads-until"));
  if (until > 0 && until < Date.now()) {
    indexedDB.deleteDatabase("warta-uploads");
    localStorage.removeItem("warta-uploads-until");
  }
} catch {
  // no storage, nothing kept
}

/** The newsroom's own stream: how many notices wait, and that a board changed. */
const unread = document.querySelector<HTMLElement>("[data-unread]");
if (unread) {
  const stream = new EventSource("/newsroom/stream");
  stream.addEventListener("notices", (e: MessageEvent<string>) => {
    const n = (JSON.parse(e.data) as { unread: number }).unread;
    unread.hidden = n === 0;
    unread.textContent = n.toLocaleString(document.documentElement.lang);
  });
  stream.addEventListener("discussion", (e: MessageEvent<string>) => {
    document.dispatchEvent(new CustomEvent("room:discussion", { detail: JSON.parse(e.data) }));
  });
  stream.addEventListener("board", (e: MessageEvent<string>) => {
    document.dispatchEvent(new CustomEvent("room:board", { detail: JSON.parse(e.data) }));
  });
}
