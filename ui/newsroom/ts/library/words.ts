/** Returns what fills in the catalogue's sentences that an element carries. */
export function wordsOf(el: HTMLElement): (key: string, values?: Record<string, string | number>) => string {
  const texts = JSON.parse(el.dataset["words"] || "{}") as Record<string, string>;
  return (key, values = {}) =>
    (texts["library.js." + key] ?? key).replace(/\{([a-z]+)\}/g, (all, name: string) => String(values[name] ?? all));
}
