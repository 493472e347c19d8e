// What a reader keeps: saved stories, and what is followed. Links become buttons;
// without the script they lead to a page with a form. Whoever is not signed in
// keeps stories in the browser, each under a key of its own, so that two tabs
// never write over each other; after signing in they are handed to the account,
// and leave the browser once the account has them.

const PREFIX = "keep ";
const MOST = 100; // without an account, see maxHere in internal/web/site/reader
const AT_ONCE = 200; // member.MaxItems
const SHELF = "/account/shelf";

export const signedIn = (): boolean => document.cookie.includes("__Host-warta-me=");

/** Returns what the browser keeps: when, in ms, by the name of the thing. */
export function kept(store: Storage): Map<string, number> {
  const found = new Map<string, number>();
  for (let i = 0; i < store.length; i++) {
    const key = store.key(i) ?? "";
    if (key.startsWith(PREFIX)) found.set(key.slice(PREFIX.length), Number(store.getItem(key)) || 0);
  }
  return found;
}

/** Sends changes to the account. null: they did not arrive, or nobody is signed in there. */
async function send(body: object): Promise<string[] | null> {
  try {
    const res = await fetch(SHELF, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(body),
    });
    return res.ok ? ((await res.json()) as { full: string[] }).full : null;
  } catch {
    return null;
  }
}

/** Hands what the browser kept to the account. What did not arrive, has no room or
 *  was kept anew meanwhile stays. */
export async function join(store: Storage, now: number): Promise<void> {
  const list = [...kept(store)].sort((a, b) => b[1] - a[1]).slice(0, AT_ONCE);
  if (!list.length) return;
  const full = await send({ put: list.map(([item, at]) => ({ item, age: Math.max(now - at, 0) })) });
  if (!full) return;
  for (const [item, at] of list)
    if (!full.includes(item) && store.getItem(PREFIX + item) === String(at)) store.removeItem(PREFIX + item);
}

const itemOf = (link: HTMLAnchorElement): string => new URL(link.href).searchParams.get("item") ?? "";

function show(link: HTMLAnchorElement, on: boolean): void {
  const word = link.querySelector("span");
  if (!word || (link.ariaPressed === "true") === on) return;
  link.ariaPressed = String(on);
  [word.textContent, link.dataset.keep] = [link.dataset.keep ?? "", word.textContent ?? ""];
}

/** Leaves the page for one that says what is wrong, or what comes first. */
function leave(link: HTMLAnchorElement, full: boolean): void {
  const back = encodeURIComponent(location.pathname + location.search);
  if (!signedIn()) return location.assign(`/account/sign-in?next=${back}${full ? "&said=many" : ""}`);
  const form = document.createElement("form");
  form.method = "post";
  form.action = SHELF;
  const field = document.createElement("input");
  field.name = "item";
  field.value = itemOf(link);
  form.append(field);
  document.body.append(form);
  form.submit();
}

/** Links that were pressed: an answer that was on its way knows less of them. */
const pressed = new Set<HTMLAnchorElement>();

async function toggle(link: HTMLAnchorElement): Promise<void> {
  const item = itemOf(link);
  pressed.add(link);
  const on = link.ariaPressed !== "true";
  const local = localStorage;
  show(link, on);
  if (signedIn()) {
    const full = await send(on ? { put: [{ item, age: 0 }] } : { drop: [item] });
    if (full?.includes(item)) return leave(link, true);
    if (full) return local.removeItem(PREFIX + item);
    if (!on) return show(link, true); // nothing was lost: it is still kept
  }
  if (!on) return local.removeItem(PREFIX + item);
  const follows = !item.startsWith("save-");
  if (!follows && [...kept(local).keys()].filter((k) => k.startsWith("save-")).length >= MOST) {
    show(link, false);
    return leave(link, true);
  }
  local.setItem(PREFIX + item, String(Date.now()));
  // What is followed needs an account; the thing waits here until there is one.
  if (follows && !signedIn()) leave(link, false);
}

/** Makes buttons of the links. Returns the things that they are about. */
export function buttons(links: HTMLAnchorElement[]): string[] {
  let local: Map<string, number>;
  try {
    local = kept(localStorage);
  } catch {
    return []; // a browser that remembers nothing: the links lead to pages that work
  }
  for (const link of links) {
    link.role = "button";
    link.ariaPressed = "false";
    show(link, local.has(itemOf(link)));
    link.addEventListener("click", (e) => {
      e.preventDefault();
      void toggle(link);
    });
    link.addEventListener("keydown", (e) => {
      if (e.key !== " ") return;
      e.preventDefault();
      void toggle(link);
    });
  }
  return links.map(itemOf);
}

/** Shows what the account has beside what the browser keeps. */
export function mark(links: HTMLAnchorElement[], has: string[]): void {
  const local = kept(localStorage);
  for (const link of links)
    if (!pressed.has(link)) show(link, has.includes(itemOf(link)) || local.has(itemOf(link)));
}

/** The list of saved stories of somebody without an account: the browser names
 *  them, and the server shows what can be read of them now. */
export function list(): void {
  const saved = [...kept(localStorage)].filter(([item]) => item.startsWith("save-")).sort((a, b) => b[1] - a[1]);
  const of = saved.map(([item]) => item).join(",");
  const here = new URLSearchParams(location.search);
  if (of && !here.has("of")) location.replace(`${location.pathname}?of=${of}`);
}
