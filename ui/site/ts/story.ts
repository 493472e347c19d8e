// A story's own helpers: the share dialog, embeds on a click, and pictures in
// full size. Without it the links lead to pages that work.

const $ = <T extends Element>(s: string, root: ParentNode = document): T | null => root.querySelector<T>(s);

declare const OVERLAY: string; // address of the style sheet, filled in by the bundler

/** Fetches the looks of what stands above the page, once. */
let looks: Promise<void> | undefined;
function dressed(): Promise<void> {
  return (looks ??= new Promise((done) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.onload = link.onerror = () => done();
    link.href = OVERLAY;
    document.head.append(link);
  }));
}

function dialog(content: Element, name: string): HTMLDialogElement {
  const d = document.createElement("dialog");
  d.className = name;
  d.append(content);
  document.body.append(d);
  // A click beside the content means: enough.
  d.addEventListener("click", (e) => {
    if (e.target === d) d.close();
  });
  return d;
}

/** Turns the folded list of places into a dialog, or asks the system. */
function share(box: HTMLDetailsElement): void {
  const summary = $<HTMLElement>("summary", box);
  const list = $<HTMLElement>("div", box);
  const { url = location.href, title = document.title } = box.dataset;
  if (!summary || !list) return;
  let sheet: HTMLDialogElement | undefined;
  const open = (): void => {
    if (!sheet) {
      sheet = dialog(list, "sheet");
      const heading = $("h2", list);
      if (heading) sheet.setAttribute("aria-label", heading.textContent ?? "");
      $("p[hidden]", list)?.removeAttribute("hidden");
      $("[data-close]", list)?.addEventListener("click", () => sheet?.close());
      const copy = $<HTMLElement>("[data-copy]", list);
      copy?.addEventListener("click", () => void copyLink(copy, url));
      sheet.addEventListener("close", () => summary.focus());
    }
    const shown = sheet;
    void dressed().then(() => shown.showModal());
  };
  summary.setAttribute("role", "button");
  summary.addEventListener("click", (e) => {
    e.preventDefault();
    if (!navigator.share) return open();
    navigator.share({ url, title }).catch((why: Error) => {
      if (why.name !== "AbortError") open();
    });
  });
}

async function copyLink(button: HTMLElement, url: string): Promise<void> {
  const label = $("span", button);
  let said = button.dataset.copy;
  try {
    await navigator.clipboard.writeText(url);
  } catch {
    said = button.dataset.sorry;
  }
  if (label && said) label.textContent = said;
}

/** Puts the provider's frame in the card's place, on a click and not before. */
function embed(card: HTMLElement): void {
  const link = $<HTMLAnchorElement>("a", card);
  link?.addEventListener("click", (e) => {
    if (e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    const frame = document.createElement("iframe");
    frame.src = card.dataset.frame ?? "";
    frame.title = link.innerText;
    frame.allow = "autoplay; fullscreen; encrypted-media; picture-in-picture";
    frame.referrerPolicy = "strict-origin-when-cross-origin";
    void dressed().then(() => {
      card.replaceChildren(frame);
      frame.focus();
    });
  });
}

/** Shows a gallery's pictures in full size, one after the other. */
function gallery(list: HTMLElement): void {
  const items = [...list.querySelectorAll<HTMLAnchorElement>("li a")];
  const figure = document.createElement("figure");
  const picture = new Image();
  const caption = document.createElement("figcaption");
  figure.append(picture, caption);
  let at = 0;
  let box: HTMLDialogElement | undefined;
  const show = (i: number): void => {
    at = (i + items.length) % items.length;
    const link = items[at];
    if (!link) return;
    picture.src = link.href;
    picture.alt = $<HTMLImageElement>("img", link)?.alt ?? "";
    caption.textContent = link.parentElement?.querySelector("figcaption")?.textContent ?? "";
  };
  const button = (sign: string, name: string | undefined, act: () => void): HTMLButtonElement => {
    const b = document.createElement("button");
    b.type = "button";
    b.textContent = sign || name || "";
    b.ariaLabel = name ?? sign;
    b.addEventListener("click", act);
    return b;
  };
  const open = (i: number): void => {
    if (!box) {
      const { back, next, close } = list.dataset;
      box = dialog(figure, "box");
      box.setAttribute("aria-label", list.getAttribute("aria-label") ?? "");
      const before = button("‹", back, () => show(at - 1));
      const after = button("›", next, () => show(at + 1));
      before.className = after.className = "go";
      box.append(before, after, button("", close, () => box?.close()));
      box.addEventListener("keydown", (e) => {
        if (e.key === "ArrowLeft") show(at - 1);
        if (e.key === "ArrowRight") show(at + 1);
      });
      box.addEventListener("close", () => items[at]?.focus());
    }
    show(i);
    const shown = box;
    void dressed().then(() => shown.showModal());
  };
  items.forEach((link, i) =>
    link.addEventListener("click", (e) => {
      if (e.ctrlKey || e.metaKey || e.shiftKey) return;
      e.preventDefault();
      open(i);
    }),
  );
}

/** Shows the invitation to sign in to whoever is not, a few times a session and
 *  only below what is in sight: nothing that is read moves. */
function invite(box: HTMLElement): void {
  const [key, most] = ["invited", 3];
  const below = box.nextElementSibling ?? $(".foot");
  if (document.cookie.includes("__Host-warta-me=") || !below || below.getBoundingClientRect().top < innerHeight) return;
  try {
    const shown = Number(sessionStorage.getItem(key));
    if (shown >= most) return;
    sessionStorage.setItem(key, String(shown + 1));
    const text = document.createElement("span");
    text.append(...box.childNodes);
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = "×";
    close.ariaLabel = box.dataset.invite ?? "";
    close.addEventListener("click", () => {
      sessionStorage.setItem(key, String(most));
      box.hidden = true;
    });
    box.append(text, close);
    void dressed().then(() => (box.hidden = false));
  } catch {
    // A browser that remembers nothing is not asked on every page.
  }
}

/** Lets the reader choose how large the text is, on all pages of this browser. A
 *  line in the page's head applies it before anything is painted. */
function sizes(link: HTMLElement): void {
  const root = document.documentElement.style;
  let sheet: HTMLDialogElement | undefined;
  const open = (): void => {
    if (!sheet) {
      const box = document.createElement("div");
      const steps = ["90%", "100%", "115%", "130%"].map((size) => {
        const step = document.createElement("button");
        step.type = "button";
        step.textContent = size;
        step.addEventListener("click", () => {
          root.fontSize = localStorage.size = size;
          chosen();
        });
        return step;
      });
      const chosen = (): void =>
        steps.forEach((s) => (s.ariaPressed = String(s.textContent === (root.fontSize || "100%"))));
      chosen();
      box.append(...steps);
      sheet = dialog(box, "sheet sizes");
      sheet.ariaLabel = link.lastChild?.textContent ?? "";
      const close = document.createElement("button");
      close.type = "button";
      close.textContent = $("[data-close]")?.textContent ?? "×";
      const shown = sheet;
      close.addEventListener("click", () => shown.close());
      box.append(close);
      sheet.addEventListener("close", () => link.focus());
    }
    const shown = sheet;
    void dressed().then(() => shown.showModal());
  };
  link.role = "button";
  link.addEventListener("click", (e) => {
    e.preventDefault();
    open();
  });
  link.addEventListener("keydown", (e) => {
    if (e.key !== " ") return;
    e.preventDefault();
    open();
  });
  try {
    void localStorage.size;
    link.hidden = false;
  } catch {
    // A browser that remembers nothing has a size of its own.
  }
}

document.querySelectorAll<HTMLElement>("[data-size]").forEach(sizes);
document.querySelectorAll<HTMLElement>("[data-invite]").forEach(invite);
document.querySelectorAll<HTMLDetailsElement>("[data-share]").forEach(share);
document.querySelectorAll<HTMLElement>("[data-frame]").forEach(embed);
document.querySelectorAll<HTMLElement>("[data-gallery]").forEach(gallery);
