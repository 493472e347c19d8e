// The fields beside the body: read from the page's controls, set when others
// changed them, counted and checked where the house has rules.

import { h } from "./dom";
import type { Desk } from "./desk";
import { fieldText, fieldValue, type Credit, type Lead } from "./fieldtext";
import { GOOD_LENGTH, headlineCase, lengthOf } from "./headline";
import { CreditList, LabelList, ListField, PickList } from "./lists";
import { LeadPicker } from "./lead";
import { quoteFor } from "./quotes";

type Plain = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
type Control = Plain | ListField<unknown> | LeadPicker;

const OURS = "pick-list, credit-list, lead-picker, label-list";
const TYPOGRAPHIC = new Set(["headline", "short_headline", "seo_title", "share_title", "standfirst", "lead.caption"]);
const COUNTED: Record<string, [good: number, most: number]> = {
  headline: [GOOD_LENGTH, 0],
  short_headline: [55, 70],
  seo_title: [60, 70],
  share_title: [70, 90],
  standfirst: [160, 300],
};

const isOurs = (c: Control): c is ListField<unknown> | LeadPicker => c instanceof ListField || c instanceof LeadPicker;

const isText = (c: Control): c is HTMLInputElement | HTMLTextAreaElement => c instanceof HTMLTextAreaElement || (c instanceof HTMLInputElement && !/checkbox|radio/.test(c.type));

/** A text that was typed before the draft was there. */
export interface Early {
  name: string;
  /** Puts it back, as if it were typed now; true if somebody else changed the field since the page was printed. */
  again(): boolean;
}

/** All fields of the page by their names in the story's JSON. */
export class Fields {
  private readonly controls = new Map<string, Control[]>();
  private readonly held = new Map<string, string>();
  private readonly meters: (() => void)[] = [];

  constructor(private readonly desk: Desk, private readonly onChange: (name: string) => void) {
    for (const el of desk.root.querySelectorAll<HTMLElement>("[data-field]")) this.bind(el as Control);
    this.meters.push(() => this.suggestLead());
    const me = desk.root.querySelector<HTMLButtonElement>("[data-credit-me]");
    if (me) this.proposeMe(me);
  }

  /** Where caption, credit and alt of the lead are empty, those of the library are used: they stand there in grey. */
  private suggestLead(): void {
    const info = this.desk.names.pictures[(this.get("lead") as Lead | null)?.picture ?? 0];
    for (const name of ["caption", "credit", "alt"] as const) {
      for (const c of this.controls.get("lead." + name) ?? []) if (c instanceof HTMLInputElement || c instanceof HTMLTextAreaElement) c.placeholder = info?.[name] ?? "";
    }
  }

  /** Who may approve is proposed as editor, as long as the byline does not say so. */
  private proposeMe(button: HTMLButtonElement): void {
    const { person, name = "", role = "editor" } = button.dataset;
    const id = Number(person);
    const credits = (): Credit[] => (this.get("credits") ?? []) as Credit[];
    this.meters.push(() => (button.hidden = !this.held.has("credits") || credits().some((c) => c.person === id && c.role === role)));
    button.addEventListener("click", () => {
      this.desk.learn({ people: { [id]: name } });
      this.set("credits", [...credits(), { person: id, role }]);
      this.onChange("credits");
    });
  }

  private bind(c: Control): void {
    const path = c.dataset.field ?? "";
    const name = path.split(".")[0]!;
    if (!name || !(isOurs(c) || /^(INPUT|SELECT|TEXTAREA)$/.test(c.nodeName))) return;
    if (c instanceof ListField || c instanceof LeadPicker) c.attach(this.desk);
    this.controls.set(path, [...(this.controls.get(path) ?? []), c]);
    const take = (): void => {
      const text = fieldText(name, this.read(name));
      for (const m of this.meters) m();
      if (text === this.held.get(name)) return;
      this.held.set(name, text);
      this.onChange(name);
    };
    c.addEventListener("input", take);
    c.addEventListener("change", take);
    if (c instanceof HTMLTextAreaElement) this.grow(c);
    if (TYPOGRAPHIC.has(path) && !isOurs(c)) typographic(c);
    if (COUNTED[path] && !isOurs(c)) this.meter(c, path);
    if (path === "headline" && !isOurs(c)) this.caseButton(c);
  }

  /** The value of a field as its controls have it. */
  private read(name: string): unknown {
    const parts: Record<string, unknown> = {};
    let whole: unknown;
    for (const [path, controls] of this.controls) {
      const [base, sub] = path.split(".");
      if (base !== name) continue;
      const v = valueOf(controls);
      if (sub) parts[sub] = v;
      else whole = v;
    }
    if (!Object.keys(parts).length) return whole;
    const before = JSON.parse(this.held.get(name) ?? "{}") as Record<string, unknown>;
    return { ...before, ...((whole ?? {}) as object), ...parts };
  }

  /**
   * What somebody typed before the draft was there, by the names of the fields.
   * The browser restores nothing here (the form says autocomplete="off"), so
   * what is not as the server printed it was typed.
   */
  early(): Early[] {
    const out: Early[] = [];
    for (const [path, controls] of this.controls) {
      const c = controls[0]!;
      if (!isText(c) || c.value === c.defaultValue) continue;
      const { value: typed, selectionStart: from, selectionEnd: to } = c;
      out.push({
        name: path.split(".")[0]!,
        again: () => {
          const met = c.value !== c.defaultValue;
          c.value = typed;
          if (document.activeElement === c) c.setSelectionRange(from, to);
          c.dispatchEvent(new Event("input", { bubbles: true }));
          return met;
        },
      });
    }
    return out;
  }

  /** The canonical texts of all fields that the page shows. */
  values(): Map<string, string> {
    return this.held;
  }

  /** Sets all fields from the draft. */
  fill(fields: Record<string, unknown>): void {
    for (const path of this.controls.keys()) {
      const name = path.split(".")[0]!;
      this.set(name, fields[name]);
    }
  }

  /** Sets one field; a control that has the value already is not touched. */
  set(name: string, value: unknown): void {
    const canon = fieldValue(name, value);
    this.held.set(name, JSON.stringify(canon));
    for (const [path, controls] of this.controls) {
      const [base, sub] = path.split(".");
      if (base !== name) continue;
      const v = sub ? ((canon as Record<string, unknown>)[sub] ?? "") : canon;
      for (const c of controls) setControl(c, v);
    }
    for (const m of this.meters) m();
  }

  /** The value of a field now. */
  get(name: string): unknown {
    return JSON.parse(this.held.get(name) ?? "null") as unknown;
  }

  /** The words of a field's label, for sentences about it. */
  nameOf(name: string): string {
    const c = this.controls.get(name)?.[0] ?? [...this.controls].find(([p]) => p.startsWith(name + "."))?.[1][0];
    const label = c && "labels" in c && c.labels?.[0] ? c.labels[0].textContent : c?.closest(".field, fieldset")?.querySelector("label, legend, span")?.textContent;
    return label?.trim() || c?.getAttribute("aria-label") || name;
  }

  /** Brings a field into view and into focus. */
  focus(name: string): boolean {
    const c = this.controls.get(name)?.[0] ?? [...this.controls].find(([p]) => p.startsWith(name + "."))?.[1][0];
    if (!c) return false;
    for (let d = c.closest("details"); d; d = d.parentElement?.closest("details") ?? null) d.open = true;
    const target = isOurs(c) ? c.querySelector<HTMLElement>("input, button, select") : c;
    target?.scrollIntoView({ block: "center" });
    target?.focus({ preventScroll: true });
    return true;
  }

  /** Lets people only look, or write again; texts may be left open. */
  lock(on: boolean, texts = on): void {
    for (const list of this.controls.values()) {
      for (const c of list) {
        // What can only be read can still be selected and copied.
        if (isText(c)) c.readOnly = texts;
        else c.disabled = on;
      }
    }
  }

  private grow(c: HTMLTextAreaElement): void {
    const fit = (): void => {
      c.style.height = "auto";
      if (c.scrollHeight) c.style.height = `${c.scrollHeight + c.offsetHeight - c.clientHeight}px`;
    };
    this.meters.push(fit);
    addEventListener("resize", fit);
    // A headline has no second line: Enter goes on to what is written next.
    const paper = c.form?.querySelectorAll<HTMLElement>(":scope > .field > textarea");
    const at = paper ? [...paper].indexOf(c) : -1;
    if (at < 0 && c.rows > 2) return;
    c.addEventListener("keydown", (e) => {
      if (e.key !== "Enter" || e.isComposing || e.ctrlKey || e.metaKey || e.altKey) return;
      if (e.shiftKey && c.dataset.field === "standfirst") return;
      e.preventDefault();
      if (at < 0) return;
      const next = paper?.[at + 1] ?? this.desk.root.querySelector<HTMLElement>(".ProseMirror");
      next?.focus();
    });
  }

  /** The length of a text in words and as a bar. */
  private meter(c: Plain, path: string): void {
    const good = COUNTED[path]![0];
    const most = Number(c.dataset.most) || COUNTED[path]![1]; // the page has what the check holds against it
    const bar = h("meter", { min: 0, max: most, high: good + 1, optimum: 1, "aria-hidden": "true" });
    const words = h("span", {});
    const box = h("p", { class: "ed-length", hidden: true }, bar, words);
    c.after(box);
    this.meters.push(() => {
      const n = lengthOf(c.value);
      box.hidden = n === 0;
      bar.value = Math.min(n, most);
      const key = n <= good ? "editor.length_good" : n <= most ? "editor.length_long" : "editor.length_too_long";
      words.textContent = this.desk.say(key, { n, most: n <= most ? good : most });
      box.classList.toggle("warn", n > good && n <= most);
      box.classList.toggle("loud", n > most);
    });
  }

  /** "Judul": headline case, for the language that has these rules. */
  private caseButton(c: Plain): void {
    const button = h("button", { type: "button", class: "ed-case", title: this.desk.say("editor.case_title"), hidden: true }, this.desk.say("editor.case"));
    button.addEventListener("click", () => {
      const text = headlineCase(c.value);
      if (text === c.value) return;
      c.focus();
      if (c instanceof HTMLSelectElement) return;
      c.select();
      // So that the browser's own undo takes it back.
      if (!document.execCommand("insertText", false, text)) {
        c.value = text;
        c.dispatchEvent(new Event("input", { bubbles: true }));
      }
    });
    c.after(button);
    this.meters.push(() => (button.hidden = this.language() !== "id" || c.value.trim() === ""));
  }

  /** The language that the story is written in. */
  language(): string {
    const v = this.get("language");
    return typeof v === "string" && v ? v : this.desk.root.dataset.language || "id";
  }
}

function valueOf(controls: Control[]): unknown {
  const c = controls[0]!;
  if (isOurs(c)) return c.value;
  if (c instanceof HTMLInputElement && c.type === "radio") return (controls.find((x) => (x as HTMLInputElement).checked) as HTMLInputElement | undefined)?.value ?? "";
  if (c instanceof HTMLInputElement && c.type === "checkbox") return c.checked ? c.value : "";
  return c.value;
}

function setControl(c: Control, v: unknown): void {
  if (isOurs(c)) {
    c.value = v;
    return;
  }
  const text = typeof v === "string" || typeof v === "number" ? String(v) : "";
  if (c instanceof HTMLInputElement && (c.type === "radio" || c.type === "checkbox")) {
    c.checked = c.value === text;
    return;
  }
  if (c.value === text) return;
  if (c instanceof HTMLSelectElement || document.activeElement !== c) {
    c.value = text === "0" && c instanceof HTMLSelectElement && ![...c.options].some((o) => o.value === "0") ? "" : text;
    return;
  }
  const { selectionStart: from, selectionEnd: to } = c;
  c.value = text;
  c.setSelectionRange(Math.min(from ?? 0, text.length), Math.min(to ?? 0, text.length));
}

/** Quotation marks as a printer sets them, one keystroke at a time. */
function typographic(c: Exclude<Control, ListField<unknown> | LeadPicker>): void {
  if (c instanceof HTMLSelectElement) return;
  c.addEventListener("beforeinput", (e) => {
    const typed = (e as InputEvent).data;
    if ((e as InputEvent).inputType !== "insertText" || (typed !== '"' && typed !== "'")) return;
    e.preventDefault();
    const sign = quoteFor(typed, c.value.slice(0, c.selectionStart ?? 0));
    if (!document.execCommand("insertText", false, sign)) c.setRangeText(sign, c.selectionStart ?? 0, c.selectionEnd ?? 0, "end");
  });
}

/** Tells the browser of our elements. */
export function defineElements(): void {
  for (const [name, cls] of Object.entries({ "pick-list": PickList, "credit-list": CreditList, "label-list": LabelList, "lead-picker": LeadPicker }) as [string, CustomElementConstructor][]) {
    if (OURS.includes(name) && !customElements.get(name)) customElements.define(name, cls);
  }
}
