// The desk without this file works. With it: CSRF on htmx requests, live lists, and typed text that survives a session.
(() => {
  "use strict";
  const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";
  const KEPT = "hoert-kept:";
  const body = document.body;

  if (window.DKFDS) window.DKFDS.init();

  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRF-Token"] = meta("csrf-token");
  });

  // Typed text. Fields marked data-keep are put aside when a form is sent or the session is found to be over,
  // under the page's path; given back only after an expiry, only to the same person, within an hour; then forgotten.
  const fields = () => [...document.querySelectorAll("[data-keep]")].filter((field) => field.id && field.value !== field.defaultValue);
  const putAside = (expired) => {
    const texts = Object.fromEntries(fields().map((field) => [field.id, field.value]));
    if (Object.keys(texts).length === 0) return;
    const kept = { texts, expired, viewer: body.dataset.viewer ?? "", at: Date.now() };
    sessionStorage.setItem(KEPT + location.pathname, JSON.stringify(kept));
  };
  const keptKeys = () => Object.keys(sessionStorage).filter((key) => key.startsWith(KEPT));
  const giveBack = () => {
    const key = KEPT + location.pathname;
    const kept = JSON.parse(sessionStorage.getItem(key) ?? "null");
    sessionStorage.removeItem(key);
    if (!kept || !kept.expired || kept.viewer !== body.dataset.viewer || Date.now() - kept.at > 3600000) return;
    for (const [id, text] of Object.entries(kept.texts)) {
      const field = document.getElementById(id);
      if (field?.matches("[data-keep]") && field.value === field.defaultValue) field.value = text;
    }
    document.getElementById("text-restored")?.removeAttribute("hidden");
  };
  if ("signedOut" in body.dataset) {
    keptKeys().forEach((key) => sessionStorage.removeItem(key));
  } else if ("sessionExpired" in body.dataset) {
    for (const key of keptKeys()) {
      sessionStorage.setItem(key, JSON.stringify({ ...JSON.parse(sessionStorage.getItem(key)), expired: true }));
    }
  } else if (body.dataset.viewer) {
    giveBack();
  }
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-sign-out]")) keptKeys().forEach((key) => sessionStorage.removeItem(key));
    else putAside(false);
  });
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status !== 401 && event.detail.xhr.status !== 419) return;
    putAside(true);
    location.reload();
  });

  // One deed per press: the second click of a double click is not sent.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-once]")) return;
    if ("sent" in form.dataset) event.preventDefault();
    form.dataset.sent = "1";
    window.setTimeout(() => delete form.dataset.sent, 4000);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("[data-sent]").forEach((form) => delete form.dataset.sent));

  // Read: told to the server when the thread has been on the screen for a moment; without this file there is a button.
  let reading = 0;
  const markRead = () => {
    window.clearTimeout(reading);
    const form = document.querySelector("[data-mark-read]");
    if (!form || document.hidden) return;
    reading = window.setTimeout(async () => {
      if (document.hidden || !form.isConnected) return;
      const answer = await fetch(form.action, {
        method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "X-CSRF-Token": meta("csrf-token") },
      }).catch(() => null);
      if (answer?.ok) form.remove();
    }, 1500);
  };
  markRead();
  document.addEventListener("visibilitychange", markRead);

  // The writer's form speaks of the thread as it is on the screen; what came in meanwhile is said.
  document.addEventListener("htmx:afterSettle", () => {
    markRead();
    const shown = document.getElementById("thread-version")?.dataset.version;
    const field = document.querySelector('.composer input[name="version"]');
    if (!shown || !field || field.value === shown) return;
    field.value = shown;
    const notice = document.getElementById("came-in");
    if (notice && fields().length) notice.textContent = notice.dataset.words;
  });

  // The secret of a first sign-in stands behind the #: taken from there into the form, and out of the address.
  const secret = document.querySelector('form[action="/welcome"] #token');
  if (secret && location.hash.length > 1) {
    secret.value = location.hash.slice(1);
    history.replaceState(null, "", location.pathname);
  }

  // Live: the server only hints that something changed ("inbox today", or nothing for everything); lists are re-read.
  const waiting = new Set();
  let timer = 0;
  const refresh = () => {
    timer = 0;
    if (document.hidden) return;
    for (const element of document.querySelectorAll("[data-live]")) {
      const about = element.dataset.live.split(" ");
      const due = waiting.has("*") || about.some((topic) => waiting.has(topic));
      const typing = document.activeElement?.matches("input, textarea, select") && element.contains(document.activeElement);
      const open = element.querySelector("details[open]");
      if (due && !typing && !open) window.htmx?.trigger(element, "live");
    }
    waiting.clear();
  };
  const hint = (topics) => {
    (topics.length ? topics : ["*"]).forEach((topic) => waiting.add(topic));
    if (!timer) timer = window.setTimeout(refresh, 400);
  };
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && waiting.size) hint([...waiting]);
  });
  if (body.dataset.viewer && document.querySelector("[data-live]")) {
    let lost = false;
    const thread = body.dataset.thread;
    const source = new EventSource(thread ? `/events?thread=${encodeURIComponent(thread)}` : "/events");
    source.addEventListener("hint", (event) => hint(event.data.split(" ").filter(Boolean)));
    source.addEventListener("error", () => { lost = true; });
    source.addEventListener("open", () => {
      if (lost) hint([]);
      lost = false;
    });
    window.addEventListener("pagehide", () => source.close());
  }
})();
