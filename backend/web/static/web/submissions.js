"use strict";

// A file may be dropped beside the button that chooses it; one that is too large is named before it is sent.
const zone = document.querySelector("[data-drop]");
if (zone) {
  const input = zone.querySelector("input[type=file]");
  const said = document.getElementById("file-said");
  const units = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
  const size = (bytes) => (bytes < 1048576 ? `${units.format(bytes / 1024)} KB` : `${units.format(bytes / 1048576)} MB`);
  const tell = () => {
    const file = input.files[0];
    const tooLarge = file && file.size > Number(input.dataset.most);
    said.classList.toggle("text-danger", Boolean(tooLarge));
    said.textContent = !file ? "" : tooLarge ? input.dataset.tooLarge.replace("{size}", size(file.size)) : `${file.name}, ${size(file.size)}`;
  };
  input.addEventListener("change", tell);
  for (const name of ["dragenter", "dragover"]) zone.addEventListener(name, (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    tell();
  });
}

// How much of the file has been sent.
const sending = document.querySelector("[data-sending]");
if (sending) {
  const form = document.getElementById("upload");
  const [bar, words] = [sending.querySelector("progress"), sending.querySelector("[role=status]")];
  form.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target !== form) return;
    sending.hidden = false;
    bar.value = 0;
    words.textContent = "";
  });
  form.addEventListener("htmx:xhr:progress", (event) => {
    const { lengthComputable, loaded, total } = event.detail;
    if (!lengthComputable || event.target !== form || sending.hidden) return;
    const percent = Math.floor((100 * loaded) / total);
    bar.value = percent;
    // Said at every quarter: a listener is not to hear a hundred figures.
    const quarter = percent - (percent % 25);
    words.textContent = percent === 100 ? words.dataset.done : `${words.dataset.said} ${quarter}%`;
  });
  form.addEventListener("htmx:afterRequest", (event) => {
    if (event.target !== form) return;
    if (event.detail.xhr.status >= 300) sending.hidden = true;
  });
  form.addEventListener("htmx:sendError", () => {
    sending.hidden = false;
    bar.value = 0;
    words.textContent = words.dataset.lost;
  });
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
  const close = event.target.closest("[data-close]");
  if (close && leave(close)) event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  const form = event.key === "Escape" && event.target.closest("form.mend");
  if (form) leave(form.querySelector("[data-close]"));
});

// Takes the form away and gives the keyboard back to the button that had opened it; whether there is one.
function leave(close) {
  const opener = document.getElementById(close.dataset.close);
  if (!opener) return false;
  close.closest("form").remove();
  opener.focus();
  return true;
}
