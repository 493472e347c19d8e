// Passkeys on the pages of a reader's account: signing in by a button or by what
// the browser offers in the form, proving again who it is, and keeping a new
// one. Without it the other ways in are there. Also: what ads left in the browser of
// somebody who reads without them is forgotten.
import { type Asked, create, get, post, Refused } from "../../shared/ts/webauthn";

interface Done {
  next: string;
}

/** What the browser offers in the form; stopped before a button asks. */
let offer: AbortController | undefined;

async function ceremony(place: HTMLElement, autofill?: AbortSignal): Promise<void> {
  const base = place.dataset.passkey ?? "";
  const asked = await post<Asked>(base + "/begin", {});
  const credential = "new" in place.dataset ? await create(asked.options) : await get(asked.options, autofill);
  const name = place.querySelector<HTMLInputElement>("input[name=name]")?.value ?? "";
  const done = await post<Done>(base + "/finish", { token: asked.token, credential, name, next: place.dataset.next ?? "" });
  location.assign(done.next);
}

function button(place: HTMLElement): void {
  const problem = place.querySelector<HTMLElement>("[data-passkey-error]");
  const press = place.querySelector<HTMLButtonElement>("button");
  const words = place.dataset;
  if (!press) return;
  place.hidden = false;
  const label = press.textContent;
  const run = async (e: Event): Promise<void> => {
    e.preventDefault();
    if (press.disabled) return;
    offer?.abort();
    press.disabled = true;
    press.textContent = words.wait ?? "";
    if (problem) problem.hidden = true;
    try {
      await ceremony(place);
    } catch (err) {
      if (problem) {
        problem.textContent = (err instanceof Refused && err.message) || (words.failed ?? "");
        problem.hidden = false;
      }
    }
    press.disabled = false;
    press.textContent = label;
  };
  if (place instanceof HTMLFormElement) place.addEventListener("submit", (e) => void run(e));
  else press.addEventListener("click", (e) => void run(e));
}

/** Lets the browser offer passkeys where it fills in addresses. */
async function autofill(place: HTMLElement): Promise<void> {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  offer = new AbortController();
  try {
    await ceremony(place, offer.signal);
  } catch {
    // Nobody asked for it: the form and the button are there.
  }
}

for (const place of document.querySelectorAll<HTMLElement>("[data-passkey]")) {
  if (!("PublicKeyCredential" in window)) {
    const problem = place.querySelector<HTMLElement>("[data-passkey-error]");
    if (!("new" in place.dataset) || !problem) continue;
    problem.textContent = place.dataset.unsupported ?? "";
    place.hidden = problem.hidden = false;
    continue;
  }
  button(place);
  if ("autofill" in place.dataset) void autofill(place);
}
