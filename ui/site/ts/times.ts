/** Tells times of the last day relative to now, in the words of the catalogue
 *  that the masthead carries. */
export function times(root: ParentNode): void {
  const words = document.querySelector<HTMLElement>("[data-mast]")?.dataset;
  if (!words) return;
  for (const t of root.querySelectorAll<HTMLTimeElement>("[data-time]")) {
    const minutes = Math.floor((Date.now() - Date.parse(t.dateTime)) / 60000);
    if (!(minutes >= 0 && minutes < 1440)) continue;
    const text = minutes < 1 ? words.now : minutes < 60 ? words.minutes : words.hours;
    if (!text) continue;
    const n = minutes < 60 ? minutes : Math.floor(minutes / 60);
    t.title = t.textContent ?? "";
    // {n}, and {n|one|other} where a language has a singular.
    t.textContent = text.replace(/\{n(?:\|(.*?)\|(.*?))?\}/g, (_, one?: string, other?: string) =>
      other === undefined ? String(n) : n === 1 ? (one ?? "") : other,
    );
  }
}
