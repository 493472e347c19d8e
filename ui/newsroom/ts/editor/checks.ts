// What stands in the way of publication, as the server sees it: asked for after
// saves, each line leads to its place.

import type { Body } from "./body";
import { json, type Desk } from "./desk";
import { h } from "./dom";
import type { Fields } from "./fields";

interface Problem {
  code?: string;
  field?: string;
  blocking?: boolean;
  text?: string;
}

/** The list of problems. */
export class Checks {
  private timer = 0;
  private running = false;

  constructor(private readonly desk: Desk, private readonly el: HTMLElement, private readonly body: Body, private readonly fields: Fields) {
    el.classList.add("ed-checks");
  }

  /** Asks again, soon. */
  refresh(ms = 1000): void {
    this.timer ||= setTimeout(() => {
      this.timer = 0;
      void this.ask();
    }, ms);
  }

  private async ask(): Promise<void> {
    if (this.running || document.visibilityState !== "visible") return this.refresh(5000);
    this.running = true;
    const res = await this.desk.ask(this.desk.base + "/check");
    this.running = false;
    if (!res?.ok) return;
    const body = await json(res);
    const list = Array.isArray(body) ? (body as Problem[]) : ((body as { problems?: Problem[] } | null)?.problems ?? []);
    this.draw(list);
  }

  private draw(list: Problem[]): void {
    const { desk, el } = this;
    const sorted = [...list].sort((a, b) => Number(b.blocking ?? false) - Number(a.blocking ?? false));
    const lines = sorted.map((p) => h("li", { class: p.blocking ? "loud" : "", "data-about": p.field },
      h("button", { type: "button", class: "plain ed-problem", onclick: () => this.go(p.field ?? "") }, p.text || desk.say("editor.check_other", { code: p.code ?? "" }))));
    el.hidden = lines.length === 0 && !el.dataset.clean;
    el.replaceChildren(...(lines.length ? lines : [h("li", { class: "good" }, el.dataset.clean ?? "")]));
  }

  /** "body.ab12cd34" leads to a block, everything else to a field. */
  private go(field: string): void {
    const block = /(?:^|[.[#])([a-z0-9]{8})(?:\]|\.|$)/.exec(field)?.[1];
    if (block && this.body.reveal(block)) return;
    if (!this.fields.focus(field) && !this.fields.focus(field.split(".")[0]!)) this.body.view.focus();
  }
}
