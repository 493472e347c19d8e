// Signing in by a passkey, proving again who it is, and keeping a new one. The
// server asks and checks; without WebAuthn the buttons stay hidden and the
// other ways in are there.

type Buffers = { readonly [key: string]: ArrayBuffer };

interface Asked {
  token: string;
  options: PublicKeyCredentialCreationOptionsJSON & PublicKeyCredentialRequestOptionsJSON;
}

interface Done {
  next: string;
  codes?: string[];
}

function bytes(text: string): ArrayBuffer {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  const out = new Uint8Array(plain.length);
  for (let i = 0; i < plain.length; i++) out[i] = plain.charCodeAt(i);
  return out.buffer;
}

function text(data: ArrayBuffer): string {
  let plain = "";
  for (const b of new Uint8Array(data)) plain += String.fromCharCode(b);
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** Posts JSON and returns the answer; an error has the server's sentence. */
async function post<T>(path: string, body: unknown): Promise<T> {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
  });
  const got = (await answer.json()) as T & { error?: { message: string } };
  if (!answer.ok) throw new Refused(got.error?.message ?? "");
  return got;
}

class Refused extends Error {}

function known(list: PublicKeyCredentialDescriptorJSON[] | undefined): PublicKeyCredentialDescriptor[] {
  return (list ?? []).map((c) => ({ type: "public-key", id: bytes(c.id) }));
}

/** The parts of an answer that are buffers, as text. */
function written(response: object, names: readonly string[]): Record<string, string> {
  const out: Record<string, string> = {};
  for (const name of names) {
    const value = (response as Buffers)[name];
    if (value) out[name] = text(value);
  }
  return out;
}

async function create(o: Asked["options"]): Promise<unknown> {
  const key = (await navigator.credentials.create({
    publicKey: {
      rp: o.rp,
      user: { ...o.user, id: bytes(o.user.id) },
      challenge: bytes(o.challenge),
      pubKeyCredParams: o.pubKeyCredParams.map((p) => ({ type: "public-key", alg: p.alg })),
      excludeCredentials: known(o.excludeCredentials),
      authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
      attestation: "none",
      ...(o.timeout ? { timeout: o.timeout } : {}),
    },
  })) as PublicKeyCredential | null;
  if (!key) throw new Refused("");
  const response = key.response as AuthenticatorAttestationResponse;
  return {
    id: key.id,
    rawId: text(key.rawId),
    type: key.type,
    clientExtensionResults: {},
    response: { ...written(response, ["clientDataJSON", "attestationObject"]), transports: response.getTransports?.() ?? [] },
  };
}

async function get(o: Asked["options"]): Promise<unknown> {
  const key = (await navigator.credentials.get({
    publicKey: {
      challenge: bytes(o.challenge),
      userVerification: "required",
      allowCredentials: known(o.allowCredentials),
      ...(o.rpId ? { rpId: o.rpId } : {}),
      ...(o.timeout ? { timeout: o.timeout } : {}),
    },
  })) as PublicKeyCredential | null;
  if (!key) throw new Refused("");
  return {
    id: key.id,
    rawId: text(key.rawId),
    type: key.type,
    clientExtensionResults: {},
    response: written(key.response, ["clientDataJSON", "authenticatorData", "signature", "userHandle"]),
  };
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
