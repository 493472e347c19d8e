// Small tools for making elements. Text is only ever set as text.

type Child = Node | string | null | undefined | false;
type Attr = string | number | boolean | undefined | ((e: never) => void);

/** Makes an element. A function is a listener for the event after "on". */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, attrs: Record<string, Attr> = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const el = document.createElement(tag);
  for (const [name, v] of Object.entries(attrs)) {
    if (typeof v === "function") el.addEventListener(name.slice(2), v as unknown as EventListener);
    else if (v === true) el.setAttribute(name, "");
    else if (v !== false && v !== undefined) el.setAttribute(name, String(v));
  }
  for (const c of children) if (c !== null && c !== undefined && c !== false) el.append(c);
  return el;
}

const PATHS: Record<string, string> = {
  paragraph: "M5 6h14M5 11h14M5 16h9",
  heading: "M6 5v14M18 5v14M6 12h12",
  bullets: "M9 6h11M9 12h11M9 18h11M4.5 6h.01M4.5 12h.01M4.5 18h.01",
  ordered: "M10 6h10M10 12h10M10 18h10M4 5l1.5-1v5M4 15.5c0-2 3-2 3 0 0 1.500-3 2-3 4h3",
  quote: "M5 17c2 0 4-2 4-5V7H4v5h5M15 17c2 0 4-2 4-5V7h-5v5h5",
  picture: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.500 9h.01",
  gallery: "M8 4h12v12H8zM4 8v12h12M8 13l3-3 3 3 2-2 4 4",
  embed: "M8 8l-4 4 4 4M16 8l4 4-4 4M13 5l-2 14",
  also: "M4 5v14M8 8h12M8 12h12M8 16h7",
  table: "M4 5h16v14H4zM4 10h16M4 14.500h16M10 5v14",
  fact: "M4 4h16v16H4zM8 9h8M8 13h8M8 17h4",
  ad: "M4 7h16v10H4zM9 14l1.500-4h1L13 14M9.500 13h3M15.500 10v4",
  cut: "M4 12h16M7 12V8a5 5 0 0 1 10 0v4M6 16h12M6 20h12",
  divider: "M4 12h4M10 12h4M16 12h4",
  link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
  plus: "M12 5v14M5 12h14",
  up: "M12 19V5M6 11l6-6 6 6",
  down: "M12 5v14M6 13l6 6 6-6",
  remove: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  close: "M6 6l12 12M18 6L6 18",
  undo: "M8 5L4 9l4 4M4 9h10a5 5 0 0 1 0 10h-4",
  redo: "M16 5l4 4-4 4M20 9H10a5 5 0 0 0 0 10h4",
  more: "M6 12h.01M12 12h.01M18 12h.01",
};

/** A line drawing by name, for people who see; the words stand beside it or in a label. */
export function icon(name: string): SVGElement {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  svg.setAttribute("class", "i");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(ns, "path");
  path.setAttribute("d", PATHS[name] ?? PATHS.more!);
  svg.append(path);
  return svg;
}

let count = 0;

/** An id for an element that another one refers to. */
export function elementID(name: string): string {
  return `ed-${name}-${++count}`;
}

/** Puts a box that floats near a place of the window, inside its edges. */
export function float(box: HTMLElement, at: { left: number; top: number; bottom: number }, above = false): void {
  const gap = 6;
  const { offsetWidth: w, offsetHeight: height } = box;
  const view = window.visualViewport;
  const bottom = (view?.height ?? innerHeight) - gap;
  let top = above ? at.top - height - gap : at.bottom + gap;
  if (!above && top + height > bottom && at.top - height - gap > 0) top = at.top - height - gap;
  if (above && top < gap) top = at.bottom + gap;
  box.style.left = `${Math.round(Math.max(gap, Math.min(at.left, document.documentElement.clientWidth - w - gap)))}px`;
  box.style.top = `${Math.round(Math.max(gap, Math.min(top, bottom - height)))}px`;
}
