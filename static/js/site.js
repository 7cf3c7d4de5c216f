// Small conveniences on every page; each page does its work without them.

const exitAddress = "about:blank";

function leave() {
  sessionStorage.clear();
  document.documentElement.hidden = true;
  location.replace(exitAddress);
}

function offerExit(link) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  let presses = 0;
  let last = 0;
  document.addEventListener("keyup", (event) => {
    const now = event.timeStamp;
    presses = event.key === "Shift" && now - last < 2000 ? presses + 1 : Number(event.key === "Shift");
    last = now;
    if (presses === 3) leave();
  });
}

function offerCopy(button) {
  if (!navigator.clipboard) return;
  button.hidden = false;
  const text = button.querySelector("span");
  const before = text.textContent;
  text.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    text.textContent = button.dataset.done;
    setTimeout(() => { text.textContent = before; }, 3000);
  });
}

function offerShare(button) {
  if (!navigator.share) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const { share: title, shareText: text } = button.dataset;
    // The person may close the share sheet without sharing: that is no error.
    navigator.share({ title, text, url: location.href }).catch(() => undefined);
  });
}

function closeMenus(event) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    const isOutside = event.type === "click" && !menu.contains(event.target);
    if (event.key !== "Escape" && !isOutside) continue;
    menu.open = false;
    if (event.key === "Escape") menu.querySelector("summary").focus();
  }
}

document.querySelectorAll("[data-exit]").forEach(offerExit);
document.querySelectorAll("[data-copy]").forEach(offerCopy);
document.querySelectorAll("[data-share]").forEach(offerShare);
document.querySelector("[data-focus]")?.focus();
document.addEventListener("click", closeMenus);
document.addEventListener("keydown", closeMenus);
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-confirm]");
  if (button && !confirm(button.dataset.confirm)) event.preventDefault();
});
// Sending a form that stands apart loses what was typed in another.
document.addEventListener("input", ({ target }) => target.form?.setAttribute("data-typed", ""));
document.addEventListener("submit", (event) => {
  const { loses } = event.target.dataset;
  if (loses && document.querySelector("form[method=post][data-typed]:not([data-loses])") && !confirm(loses)) event.preventDefault();
});
// A second press while the first is under way would send the form twice.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post" || event.defaultPrevented) return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});
