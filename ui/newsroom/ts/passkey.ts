// Signing in by a passkey, proving again who it is, and keeping a new one. The
// server asks and checks; without WebAuthn the buttons stay hidden and the
// other ways in are there.

import { type Asked, create, get, post, Refused } from "../../shared/ts/webauthn";

interface Done {
  next: string;
  codes?: string[];
}

function show(codes: readonly string[]): void {
  const section = document.querySelector<HTMLElement>("[data-passkey-codes]");
  if (!section) return;
  const list = section.querySelector("ol");
  for (const code of codes) {
    const line = document.createElement("code");
    line.textContent = code;
    const item = document.createElement("li");
    item.append(line);
    list?.append(item);
  }
  section.hidden = false;
  section.querySelector<HTMLElement>("h2")?.focus();
}

async function ceremony(place: HTMLElement): Promise<void> {
  const base = place.dataset["passkey"] ?? "";
  const asked = await post<Asked>(base + "/begin", {});
  const fresh = "new" in place.dataset;
  const credential = fresh ? await create(asked.options) : await get(asked.options);
  const name = place.querySelector<HTMLInputElement>("input[name=name]")?.value ?? "";
  const done = await post<Done>(base + "/finish", {
    token: asked.token,
    credential,
    name,
    next: place.dataset["next"] ?? "",
  });
  if (done.codes?.length) {
    place.hidden = true;
    show(done.codes);
  } else location.assign(done.next);
}

for (const place of document.querySelectorAll<HTMLElement>("[data-passkey]")) {
  const problem = place.querySelector<HTMLElement>("[data-passkey-error]");
  const button = place.querySelector<HTMLButtonElement>("button");
  const words = place.dataset;
  if (!button) continue;
  if (!window.PublicKeyCredential) {
    if (!("new" in words)) continue;
    button.disabled = true;
    if (problem) problem.textContent = words["unsupported"] ?? "";
  }
  place.hidden = false;
  if (problem) problem.hidden = !problem.textContent;
  const label = [...button.childNodes];
  const run = async (e: Event): Promise<void> => {
    e.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    button.textContent = words["wait"] ?? "";
    if (problem) problem.hidden = true;
    try {
      await ceremony(place);
    } catch (err) {
      if (problem) {
        problem.textContent = (err instanceof Refused && err.message) || (words["failed"] ?? "");
        problem.hidden = false;
      }
    }
    button.disabled = false;
    button.replaceChildren(...label);
  };
  if (place instanceof HTMLFormElement) place.addEventListener("submit", (e) => void run(e));
  else button.addEventListener("click", (e) => void run(e));
}
