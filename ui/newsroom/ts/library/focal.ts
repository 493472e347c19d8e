import { wordsOf } from "./words";

/** Sets the focal point by click and by keys, and shows the crops as they will be. */
export function watchFocal(box: HTMLElement): void {
  const picture = box.querySelector("img");
  const x = document.querySelector<HTMLInputElement>("[data-focal-x]");
  const y = document.querySelector<HTMLInputElement>("[data-focal-y]");
  if (!picture || !x || !y || x.readOnly) return;
  const say = wordsOf(box);
  const point = document.createElement("button");
  point.type = "button";
  point.className = "point";
  box.append(point);
  box.classList.add("live");

  const at = (input: HTMLInputElement): number => clamp(Number.parseFloat(input.value.replace(",", ".")) || 0);
  const show = (): void => {
    point.style.left = `${at(x)}%`;
    point.style.top = `${at(y)}%`;
    point.setAttribute("aria-label", say("point", { x: Math.round(at(x)), y: Math.round(at(y)) }));
  };
  const move = (px: number, py: number): void => {
    x.value = clamp(px).toFixed(1);
    y.value = clamp(py).toFixed(1);
    show();
    cut(picture, at(x) / 100, at(y) / 100);
  };
  box.addEventListener("click", (e) => {
    if (e.target === point) return;
    const r = picture.getBoundingClientRect();
    move(((e.clientX - r.left) / r.width) * 100, ((e.clientY - r.top) / r.height) * 100);
    point.focus();
  });
  point.addEventListener("keydown", (e) => {
    const step = e.shiftKey ? 10 : 1;
    const by: Record<string, [number, number]> = {
      ArrowLeft: [-step, 0],
      ArrowRight: [step, 0],
      ArrowUp: [0, -step],
      ArrowDown: [0, step],
    };
    const d = by[e.key];
    if (!d) return;
    e.preventDefault();
    move(at(x) + d[0], at(y) + d[1]);
  });
  for (const input of [x, y]) {
    input.addEventListener("input", () => {
      show();
      cut(picture, at(x) / 100, at(y) / 100);
    });
  }
  show();
}

const clamp = (v: number): number => Math.min(100, Math.max(0, v));

/** Shows every crop out of the whole picture, as the server would cut it. */
function cut(picture: HTMLImageElement, fx: number, fy: number): void {
  const w = picture.naturalWidth || picture.width;
  const h = picture.naturalHeight || picture.height;
  for (const img of document.querySelectorAll<HTMLImageElement>("[data-cut]")) {
    const [rw = 1, rh = 1] = (img.dataset["cut"] ?? "").split("x").map(Number);
    const cw = Math.min(w, (h * rw) / rh);
    const ch = Math.min(h, (w * rh) / rw);
    if (img.src !== picture.currentSrc) img.src = picture.currentSrc;
    img.style.objectFit = "cover";
    img.style.objectPosition = `${place(fx, w, cw)}% ${place(fy, h, ch)}%`;
  }
}

/** Where the part lies between both ends, in hundredths. */
function place(f: number, whole: number, part: number): number {
  if (whole - part < 1) return 50;
  return (Math.min(whole - part, Math.max(0, f * whole - part / 2)) / (whole - part)) * 100;
}
