// Adds a passkey, and signs in with one: the two things here that a browser cannot do without a script. Where it is missing, or
// the browser knows no passkeys, the sentence that stands in the page stays, and the mailed link is the way.
(() => {
  if (!window.PublicKeyCredential || !navigator.credentials) return;

  const bytes = (text) => {
    const raw = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(raw, (c) => c.charCodeAt(0));
  };
  const text = (buffer) => {
    if (!buffer) return undefined;
    const raw = String.fromCharCode(...new Uint8Array(buffer));
    return btoa(raw).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  };
  const known = (list) => (list || []).map((c) => ({ ...c, id: bytes(c.id) }));

  const post = async (path, body) => {
    const answer = await fetch(path, {
      method: "POST",
      body: body && JSON.stringify(body),
      headers: { Accept: "application/json", "Content-Type": "application/json" },
    });
    const told = await answer.json();
    if (!answer.ok) throw new Refusal(told.sentence);
    return told;
  };
  class Refusal extends Error {}

  const made = async (options) => {
    const o = options.publicKey;
    const c = await navigator.credentials.create({
      publicKey: { ...o, challenge: bytes(o.challenge), user: { ...o.user, id: bytes(o.user.id) }, excludeCredentials: known(o.excludeCredentials) },
    });
    return {
      id: c.id, rawId: text(c.rawId), type: c.type, clientExtensionResults: c.getClientExtensionResults(),
      response: {
        clientDataJSON: text(c.response.clientDataJSON), attestationObject: text(c.response.attestationObject),
        transports: c.response.getTransports ? c.response.getTransports() : [],
      },
    };
  };
  const used = async (options) => {
    const o = options.publicKey;
    const c = await navigator.credentials.get({
      publicKey: { ...o, challenge: bytes(o.challenge), allowCredentials: known(o.allowCredentials) },
    });
    return {
      id: c.id, rawId: text(c.rawId), type: c.type, clientExtensionResults: c.getClientExtensionResults(),
      response: {
        clientDataJSON: text(c.response.clientDataJSON), authenticatorData: text(c.response.authenticatorData),
        signature: text(c.response.signature), userHandle: text(c.response.userHandle),
      },
    };
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const status = form.querySelector("[data-status]");
    const button = form.querySelector("button");
    form.hidden = false;
    for (const plain of document.querySelectorAll("[data-passkey-plain]")) plain.hidden = true;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      button.disabled = true;
      status.textContent = form.dataset.waiting;
      try {
        const name = form.elements.name?.value;
        const begun = await post(form.dataset.begin, { name });
        const credential = await (form.dataset.passkey === "add" ? made : used)(begun.options);
        const told = await post(form.action, { ticket: begun.ticket, name, credential });
        location.assign(told.next);
      } catch (fault) {
        const exists = fault.name === "InvalidStateError" && form.dataset.exists;
        status.textContent = fault instanceof Refusal ? fault.message : exists || form.dataset.failed;
        button.disabled = false;
      }
    });
  }
})();
