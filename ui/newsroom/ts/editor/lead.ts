// The lead: the picture or the video that a story opens with. The crops are
// shown as cards will have them.

import { h, icon } from "./dom";
import type { Desk } from "./desk";
import { fieldValue, type Lead } from "./fieldtext";
import { providerName, providerOf } from "./links";
import { choosePictures, isPicture, Progress } from "./pictures";

const CROPS = ["16x9", "4x3", "1x1"] as const;

/** The custom element for the lead. Caption, credit and alt have controls of their own. */
export class LeadPicker extends HTMLElement {
  private desk!: Desk;
  private held: Lead = {};
  private off = false;
  private readonly shown = h("div", { class: "ed-lead" });
  private readonly note = h("p", { class: "ed-note", role: "status" });
  private readonly video = h("input", { type: "url", inputmode: "url", autocomplete: "off" });

  /** Makes the element ready. */
  attach(desk: Desk): void {
    this.desk = desk;
    this.video.setAttribute("aria-label", desk.say("editor.lead_video"));
    this.video.placeholder = desk.say("editor.lead_video");
    this.video.addEventListener("input", (e) => e.stopPropagation());
    this.video.addEventListener("change", (e) => {
      e.stopPropagation();
      this.takeVideo();
    });
    this.addEventListener("dragover", (e) => e.preventDefault());
    this.addEventListener("drop", (e) => {
      const file = [...(e.dataTransfer?.files ?? [])].find(isPicture);
      if (!file) return;
      e.preventDefault();
      e.stopPropagation();
      void this.upload(file);
    });
    this.replaceChildren(this.shown, this.note, this.video);
    this.draw();
  }

  get value(): unknown {
    return this.held;
  }

  set value(v: unknown) {
    const before = JSON.stringify(this.held);
    this.held = fieldValue("lead", v) as Lead;
    if (JSON.stringify(this.held) === before && this.shown.childElementCount) return;
    this.note.textContent = "";
    this.video.value = this.held.video?.url ?? "";
    this.draw();
  }

  get disabled(): boolean {
    return this.off;
  }

  set disabled(v: boolean) {
    this.off = v;
    this.video.disabled = v;
    this.draw();
  }

  private changed(next: Lead): void {
    this.held = next;
    this.draw();
    this.dispatchEvent(new Event("input", { bubbles: true }));
  }

  private takeVideo(): void {
    const url = this.video.value.trim();
    this.note.textContent = "";
    const { video: _, ...rest } = this.held;
    if (!url) return this.changed(rest);
    const provider = providerOf(url);
    if (!provider) {
      this.note.textContent = this.desk.say("editor.embed_bad");
      return;
    }
    this.changed({ ...rest, video: { provider, url } });
  }

  private async choose(): Promise<void> {
    const [p] = await choosePictures(this.desk, false);
    if (p) this.changed({ ...this.held, picture: p.id });
    this.shown.querySelector<HTMLElement>("button")?.focus();
  }

  private async upload(file: File): Promise<void> {
    const line = new Progress(this.desk, file);
    this.note.before(line.el);
    const p = await line.run();
    line.el.remove();
    if (typeof p === "string") this.note.textContent = p;
    else if (p) this.changed({ ...this.held, picture: p.id });
  }

  private draw(): void {
    if (!this.desk) return;
    const say = (key: string): string => this.desk.say(key);
    const id = this.held.picture ?? 0;
    const info = this.desk.names.pictures[id];
    const video = this.held.video;
    this.shown.classList.toggle("ed-has-video", !!video);
    this.shown.replaceChildren(
      ...(id
        ? [
            h("div", { class: "ed-crops" },
              ...CROPS.map((c) => h("figure", { class: `ed-crop-${c}` }, h("img", { src: `/newsroom/media/${id}/${c}/320.webp`, alt: c === "16x9" ? info?.alt || info?.caption || "" : "", loading: "lazy" }),
                h("figcaption", { class: "meta" }, say(`editor.crop.${c}`))))),
            h("p", { class: "meta" }, info?.credit ? info.credit : say("editor.no_credit")),
          ]
        : [h("p", { class: "ed-drop" }, say("editor.lead_none"))]),
      video ? h("p", { class: "meta" }, this.desk.say("editor.lead_video_by", { provider: providerName(video.provider, video.url) })) : "",
      h("div", { class: "ed-lead-tools" },
        h("button", { type: "button", disabled: this.off, onclick: () => void this.choose() }, icon("picture"), say(id ? "editor.lead_change" : "editor.lead_choose")),
        id ? h("a", { class: "button", href: `/newsroom/pictures/${id}`, target: "_blank" }, say("editor.lead_focus")) : null,
        id ? h("button", { type: "button", disabled: this.off, onclick: () => {
          const { picture: _, ...rest } = this.held;
          this.changed(rest);
        } }, say("editor.remove")) : null),
    );
  }
}
