"use strict";

// A form that a passkey answers: <form data-passkey="get|create" data-options="…" with a hidden field "answer">.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const text = (buffer) => buffer && btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function readable(options) {
  const held = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));
  const read = { ...options, challenge: bytes(options.challenge) };
  if (options.user) Object.assign(read, { user: { ...options.user, id: bytes(options.user.id) }, excludeCredentials: held(options.excludeCredentials) });
  else read.allowCredentials = held(options.allowCredentials);
  return read;
}

function told(credential) {
  const given = credential.response;
  const response = { clientDataJSON: text(given.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (given[name]) response[name] = text(given[name]);
  }
  const { id, type } = credential;
  return JSON.stringify({ id, rawId: text(credential.rawId), type, response, clientExtensionResults: {} });
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-passkey]");
  if (!form) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const failed = form.querySelector("[data-failed]");
  failed.hidden = true;
  try {
    const asked = { publicKey: readable(JSON.parse(form.dataset.options)) };
    form.elements.answer.value = told(await navigator.credentials[form.dataset.passkey](asked));
  } catch {
    failed.hidden = false;
    return;
  }
  HTMLFormElement.prototype.submit.call(form);
}, true);
