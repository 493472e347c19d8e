// Ads and offers: what was really seen is counted, what was closed stays closed, and
// nothing that needs the reader's consent happens without it. A page is whole
// without this script; only what can be closed by it alone is not shown then.

/** The purposes that a reader can agree to, as the cookie of the server names them. */
const COOKIE = "__Host-warta-consent=";

/** What the reader has said: null, nothing yet. */
function consent(): string[] | null {
  const line = document.cookie.split("; ").find((c) => c.startsWith(COOKIE));
  return line === undefined ? null : line.slice(COOKIE.length).split(".");
}

/** Storage that may be refused: then nothing is remembered. */
function remembered(where: () => Storage, key: string): string | null {
  try {
    return where().getItem(key);
  } catch {
    return null;
  }
}

function remember(where: () => Storage, key: string, value: string): void {
  try {
    where().setItem(key, value);
  } catch {
    // A browser that remembers nothing is asked again.
  }
}

const session = (): Storage => sessionStorage;
const lasting = (): Storage => localStorage;

/** When an ad was shown here, of late. */
function shown(key: string, hours: number): number[] {
  const since = Date.now() - hours * 3_600_000;
  const list = (remembered(lasting, `ad-${key}`) ?? "").split(",").map(Number);
  return list.filter((at) => at > since);
}

/** Lets an ad take its place that this browser may show. The place has a size of its
 *  own, so nothing moves. */
function exchange(slot: HTMLElement, agreed: string[]): void {
  const then = slot.querySelector<HTMLTemplateElement>("template[data-need]");
  const box = slot.querySelector("div");
  if (!then || !box || !agreed.includes(then.dataset.need ?? "")) return;
  const { key, n, hours, label } = then.dataset;
  if (key && shown(key, Number(hours)).length >= Number(n)) return;
  box.replaceChildren(then.content.cloneNode(true));
  const over = slot.querySelector("p")?.firstChild;
  if (over) over.textContent = slot.ariaLabel = label ?? "";
  const mark = box.querySelector<HTMLElement>("[data-mark]");
  if (mark && key) {
    mark.dataset.key = key;
    mark.dataset.hours = hours;
  }
  then.remove();
}

// What was seen and is not told yet. A page tells it a while later, or when it goes.
let waiting: string[] = [];
let later = 0;

function tell(): void {
  clearTimeout(later);
  later = 0;
  if (waiting.length === 0) return;
  const body = waiting.join("\n");
  waiting = [];
  navigator.sendBeacon("/ads/seen", body);
}

/** Half of it, for one second. */
function watch(ads: HTMLElement[]): void {
  const timers = new Map<Element, number>();
  const eye = new IntersectionObserver(
    (entries) => {
      for (const e of entries) {
        const ad = e.target as HTMLElement;
        if (e.intersectionRatio < 0.5) {
          clearTimeout(timers.get(ad));
          timers.delete(ad);
        } else if (!timers.has(ad)) {
          timers.set(ad, window.setTimeout(() => seen(ad), 1000));
        }
      }
    },
    { threshold: [0, 0.5] },
  );
  const seen = (ad: HTMLElement): void => {
    if (document.visibilityState !== "visible") return void timers.delete(ad);
    eye.unobserve(ad);
    const { mark, key, hours } = ad.dataset;
    if (key) remember(lasting, `ad-${key}`, [...shown(key, Number(hours)), Date.now()].join(","));
    if (mark) waiting.push(mark);
    later ||= window.setTimeout(tell, 2000);
  };
  ads.forEach((ad) => eye.observe(ad));
}

/** The foot of the window belongs to one thing at a time: while the reader is asked,
 *  no ad stands there. */
function sticky(slot: HTMLElement): void {
  if (remembered(session, "ad-closed")) return;
  slot.hidden = false;
  slot.querySelector("[data-close]")?.addEventListener("click", () => {
    remember(session, "ad-closed", "1");
    slot.hidden = true;
  });
}

function offer(box: HTMLElement): void {
  const key = `offer${box.dataset.offer}`;
  const close = box.querySelector<HTMLElement>("[data-close]");
  if (box.hidden || !close) return;
  if (box.dataset.most) remember(session, key, String(Number(remembered(session, key)) + 1));
  close.hidden = false;
  close.addEventListener("click", () => {
    remember(session, key, "1e9");
    box.hidden = true;
  });
}

/** Asks whether what is not strictly necessary may be done, if there is any of it on
 *  the page. */
function ask(words: DOMStringMap, needed: string[], then: () => void): void {
  const box = document.createElement("aside");
  box.className = "choice";
  box.dataset.choice = "";
  box.ariaLabel = words.title ?? "";
  const line = document.createElement("p");
  line.textContent = words.why ?? "";
  const acts = document.createElement("p");
  const act = (text: string | undefined, purposes: string[]): void => {
    const b = document.createElement("button");
    b.type = "button";
    b.textContent = text ?? "";
    b.addEventListener("click", () => {
      const form = new URLSearchParams(purposes.map((p) => ["for", p]));
      void fetch("/consent", { method: "POST", body: form, redirect: "manual" }).finally(() => {
        box.remove();
        then();
      });
    });
    acts.append(b);
  };
  act(words.yes, needed);
  act(words.no, []);
  const more = document.createElement("a");
  more.href = "/consent";
  more.textContent = words.more ?? "";
  acts.append(more);
  box.append(line, acts);
  document.body.append(box);
}

const slots = [...document.querySelectorAll<HTMLElement>("[data-ad]")];
const begin = (agreed: string[]): void => slots.forEach((s) => exchange(s, agreed));
const said = consent();
begin(said ?? []);
const foot = (): void => slots.filter((s) => s.dataset.ad === "sticky").forEach(sticky);
document.querySelectorAll<HTMLElement>("[data-offer]").forEach(offer);
const needs = [...document.querySelectorAll<HTMLElement>("template[data-need]")].map((t) => t.dataset.need ?? "");
const words = document.querySelector<HTMLElement>("script[data-ads]");
if (!said && needs.length && words) {
  ask(words.dataset, [...new Set(needs)], () => {
    begin(consent() ?? []);
    foot();
    watch([...document.querySelectorAll<HTMLElement>("[data-ad] [data-mark][data-key], [data-ad] iframe[data-mark]")]);
  });
} else foot();
watch([...document.querySelectorAll<HTMLElement>("[data-ad] [data-mark]")]);
addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") tell();
});
addEventListener("pagehide", tell);
