// Saves a form as a draft while somebody types. Everything works without this file: each form has a button that does the same.
// What cannot be sent is kept in the open page and tried again, never in the browser's storage: office computers are shared.
(() => {
  const pause = 1500; // ms without a key before a draft is saved
  const retry = 10000; // ms until a failed save is tried again

  for (const form of document.querySelectorAll("form[data-draft]")) {
    const status = form.querySelector("[data-saved]");
    let timer = 0, unsaved = false, saving = false;

    const say = (sentence, failed) => {
      status.textContent = sentence;
      status.classList.toggle("failed", failed);
    };
    const later = (ms) => {
      clearTimeout(timer);
      timer = setTimeout(save, ms);
    };
    const save = async () => {
      if (!unsaved || saving) return;
      saving = true;
      unsaved = false;
      try {
        const answer = await fetch(form.dataset.draft, {
          method: "PUT",
          body: new URLSearchParams(new FormData(form)),
          headers: { Accept: "application/json" },
        });
        const told = await answer.json();
        say(told.sentence, !answer.ok);
        if (answer.status >= 500) throw new Error(told.sentence);
      } catch {
        unsaved = true;
        say(form.dataset.failed, true);
      }
      saving = false;
      if (unsaved) later(retry);
    };

    form.addEventListener("input", () => {
      if (!unsaved) say(form.dataset.saving, false);
      unsaved = true;
      later(pause);
    });
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      unsaved = false;
    });
    addEventListener("online", save);
    addEventListener("beforeunload", (leaving) => {
      if (unsaved) leaving.preventDefault();
    });
  }

  document.getElementById("masalah")?.focus();
})();
