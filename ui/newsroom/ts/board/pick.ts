// Selection on the board: how many, and the bar that works on them.

/** At most so many stories go into one piece of bulk work. */
const most = 200;

export class Pick {
  private readonly bar: HTMLElement | null;
  private readonly out: HTMLElement | null;
  private readonly hint: string;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly word: (key: string) => string,
  ) {
    this.bar = form.querySelector("[data-bulk]");
    this.out = form.querySelector("[data-picked]");
    this.hint = this.out?.textContent ?? "";
    form.addEventListener("change", (e) => {
      if (e.target instanceof HTMLInputElement && e.target.matches("[data-all]")) this.all(e.target.checked);
      this.show();
    });
    addEventListener("pageshow", () => this.show());
    this.show();
  }

  boxes(): HTMLInputElement[] {
    return [...this.form.querySelectorAll<HTMLInputElement>("input[name=id]")];
  }

  picked(): HTMLInputElement[] {
    return this.boxes().filter((b) => b.checked);
  }

  toggle(card: Element): void {
    const box = card.querySelector<HTMLInputElement>("input[name=id]");
    if (!box) return;
    box.checked = !box.checked;
    this.show();
  }

  clear(): boolean {
    const some = this.picked();
    for (const b of some) b.checked = false;
    this.show();
    return some.length > 0;
  }

  private all(on: boolean): void {
    for (const b of this.boxes()) b.checked = on;
  }

  /** Shows how many are selected. A story stands for itself in one column only. */
  show(): void {
    const all = this.form.querySelector<HTMLInputElement>("[data-all]");
    if (all) all.hidden = false;
    const n = this.picked().length;
    this.bar?.toggleAttribute("data-on", n > 0);
    if (!this.out) return;
    const text = n === 0 ? this.hint : n > most ? this.word("most") : this.word("picked").replace("{n}", String(n));
    if (this.out.textContent !== text) this.out.textContent = text;
  }

  /** Does bulk work by its button; false if the reader may not. */
  work(name: string): boolean {
    const button = this.form.querySelector<HTMLButtonElement>(`button[name=do][value="${name}"]`);
    if (!button) return false;
    this.form.requestSubmit(button);
    return true;
  }
}
