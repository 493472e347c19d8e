// The browser's side of passkeys: what the server asks, as the browser wants it,
// and what the browser answers, as the server wants it.

type Buffers = { readonly [key: string]: ArrayBuffer };

export interface Asked {
  token: string;
  options: PublicKeyCredentialCreationOptionsJSON & PublicKeyCredentialRequestOptionsJSON;
}

/** An answer of the server that says no, with its sentence. */
export class Refused extends Error {}

/** Posts JSON and returns the answer; an error has the server's sentence. */
export async function post<T>(path: string, body: unknown): Promise<T> {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
  });
  const got = (await answer.json()) as T & { error?: { message: string } };
  if (!answer.ok) throw new Refused(got.error?.message ?? "");
  return got;
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

/** Makes a passkey. */
export async function create(o: Asked["options"]): Promise<unknown> {
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

/** Asks for a passkey; with autofill the browser offers it among what it would
 *  fill into the form's field, until it is stopped. */
export async function get(o: Asked["options"], autofill?: AbortSignal): Promise<unknown> {
  const key = (await navigator.credentials.get({
    publicKey: {
      challenge: bytes(o.challenge),
      userVerification: "required",
      allowCredentials: known(o.allowCredentials),
      ...(o.rpId ? { rpId: o.rpId } : {}),
      ...(o.timeout && !autofill ? { timeout: o.timeout } : {}),
    },
    ...(autofill ? { mediation: "conditional" as const, signal: autofill } : {}),
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
