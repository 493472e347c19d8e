// Keeps a part of a page up to date: whenever the newsroom's stream says that a
// card changed, the same address is asked for that part alone.

import { parse, settle } from "./swap";

/** How long changes are gathered, in ms: while somebody types, cards change every second. */
const gather = 1500;

export class Live {
  private timer = 0;
  private asking = false;
  private again = false;

  constructor(
    private readonly part: HTMLElement,
    public url: string,
    private seq: number,
    private readonly done: () => void,
    private readonly away: (on: boolean) => void,
    event = "room:board",
    private readonly busy: () => boolean = () => false,
  ) {
    document.addEventListener(event, (e) => {
      const { seq } = (e as CustomEvent<{ seq: number }>).detail;
      if (seq === this.seq) return; // that is what is shown
      this.seq = seq;
      this.later();
    });
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && this.again) this.later();
    });
    addEventListener("online", () => this.later());
    addEventListener("offline", () => this.away(true));
  }

  later(): void {
    this.again = true;
    if (document.hidden || this.timer) return;
    this.timer = window.setTimeout(() => {
      this.timer = 0;
      if (this.busy()) this.later();
      else void this.now();
    }, gather);
  }

  /** Asks for the part and puts it in. */
  async now(): Promise<void> {
    if (this.asking) {
      this.again = true;
      return;
    }
    this.asking = true;
    this.again = false;
    try {
      const answer = await fetch(this.url, { headers: { "Warta-Part": "1" } });
      if (answer.redirected || answer.status === 401) {
        location.reload(); // signed out: the page itself says so
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      settle(this.part, parse(await answer.text()));
      this.away(false);
      this.done();
    } catch {
      this.away(true);
      window.setTimeout(() => this.later(), 5000);
    } finally {
      this.asking = false;
      if (this.again) this.later();
    }
  }
}
