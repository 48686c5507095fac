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

  // Typed text. Fields marked data-keep are put aside when a form is sent, when the session is found to be over, and when
  // something half written in a thread or an alert (data-half) is left: in this tab only, only for the same person, for a
  // working day, and forgotten when it is given back or they sign out. What is half written is given back when the same
  // is seen again; what was sent, after an expiry, or where no page of ours came as the answer and it is not said there.
  const DAY = 12 * 3600000;
  const half = document.querySelector("[data-half]");
  const place = KEPT + (half?.dataset.half ?? location.pathname);
  const composed = (field) => Boolean(field.closest("[data-half]"));
  const initial = (field) => (field.matches("select")
    ? ([...field.options].find((one) => one.defaultSelected) ?? field.options[0])?.value ?? "" : field.defaultValue);
  // Days and choices (data-choice) are kept as words are, but where somebody composes a message.
  const keeps = (field) => field.matches("[data-keep]") || (field.matches("[data-choice]") && !composed(field));
  const fields = () => [...document.querySelectorAll("[data-keep], [data-choice]")].filter(
    (field) => field.id && keeps(field) && (composed(field) ? field.value.trim() : field.value !== initial(field)),
  );
  // What the forms that two may fill in at once were filled in for (macros/forms.html: seen).
  const marks = (form) => [...form.querySelectorAll("[type=hidden]")].filter((one) => /^(seen|was_.*|revision|sequence|version)$/.test(one.name));
  const marked = () => [...document.querySelectorAll("form[data-once]")].filter((form) => !form.closest(".composer") && marks(form).length);
  const called = (form, mark) => `${form.getAttribute("action")} ${mark.name}`;
  const read = () => Object.fromEntries(marked().flatMap((form) => marks(form).map((mark) => [called(form, mark), mark.value])));
  const remark = (form, before) => marks(form).forEach((mark) => { mark.value = before?.[called(form, mark)] ?? mark.value; });
  const version = () => Number(document.querySelector('.composer input[name="version"]')?.value ?? 0);
  let going = null;
  let sentAt = 0;
  let to = "";
  let had = {}; // how often the thread said the same before it was sent
  const putAside = (expired) => {
    const kept = { left: {}, sent: {}, had, version: version(), expired, viewer: body.dataset.viewer ?? "", at: Date.now(), sentAt, to, read: read() };
    for (const field of fields()) kept[composed(field) && field.form !== going ? "left" : "sent"][field.id] = field.value;
    if (Object.keys({ ...kept.left, ...kept.sent }).length) sessionStorage.setItem(place, JSON.stringify(kept));
    else sessionStorage.removeItem(place);
  };
  const keptKeys = () => Object.keys(sessionStorage).filter((key) => key.startsWith(KEPT));
  const change = (deed) => keptKeys().forEach((key) => {
    const kept = deed(JSON.parse(sessionStorage.getItem(key)));
    if (kept) sessionStorage.setItem(key, JSON.stringify(kept));
    else sessionStorage.removeItem(key);
  });
  // The page that answers a form was begun when the form was sent, and stands where the form was sent to or led on.
  const came = performance.getEntriesByType("navigation")[0] ?? {};
  const answers = (kept) => came.type === "navigate" && Math.abs(performance.timeOrigin - kept.sentAt) < 1000
    && (came.redirectCount > 0 || location.pathname === kept.to);
  const plain = (words) => words.replace(/\s+/g, " ").trim();
  const said = (words) => [...document.querySelectorAll("#thread-entries .words")]
    .filter((one) => plain(one.textContent) === plain(words)).length;
  const giveBack = () => {
    const kept = JSON.parse(sessionStorage.getItem(place) ?? "null");
    sessionStorage.removeItem(place);
    if (!kept) return;
    const fill = (id, text) => {
      const field = document.getElementById(id);
      if (!field || !keeps(field)) return false;
      if (field.value === text) return text !== initial(field); // the browser was faster
      if (field.value !== initial(field)) return false;
      if (composed(field) && field.value.trim()) return false;
      if (field.matches("select") && ![...field.options].some((one) => one.value === text)) return false;
      field.value = text;
      const folded = field.closest("details");
      if (folded) folded.open = true;
      return true;
    };
    const sent = Object.entries(kept.sent).filter(([id, text]) => kept.expired
      || (composed(document.getElementById(id) ?? body) ? said(text) <= kept.had[id] : came.type === "back_forward"));
    const filled = [...Object.entries(kept.left), ...sent].filter(([id, text]) => fill(id, text)).map(([id]) => id);
    // Where a colleague has answered meanwhile, the server asks before it sends.
    const shown = document.getElementById("thread-version");
    if (filled.includes("reply") && Number(shown?.dataset.answered) > kept.version) {
      document.querySelector('.composer input[name="version"]').value = kept.version;
    }
    if (!filled.length) return;
    for (const form of kept.expired ? marked() : []) if (filled.some((id) => document.getElementById(id).form === form)) remark(form, kept.read);
    if (kept.expired) document.getElementById("text-restored")?.removeAttribute("hidden");
    const notice = document.getElementById("words-kept");
    if (notice && !kept.expired) notice.textContent = notice.dataset.words;
  };
  if ("signedOut" in body.dataset) {
    keptKeys().forEach((key) => sessionStorage.removeItem(key));
  } else if ("sessionExpired" in body.dataset) {
    change((kept) => ({ ...kept, expired: true }));
  } else if (body.dataset.viewer) {
    change((kept) => {
      if (kept.viewer !== body.dataset.viewer || Date.now() - kept.at > DAY) return null;
      if (kept.expired || !answers(kept)) return kept;
      if (!("failed" in body.dataset)) return { ...kept, sent: {} };
      return location.pathname === kept.to ? { ...kept, left: { ...kept.sent, ...kept.left }, sent: {} } : kept;
    });
    if (!("failed" in body.dataset)) giveBack();
    // A page that could not be shown says what was typed for it: whoever it is about may be out of reach by now.
    const unsent = document.getElementById("unsent");
    const lost = keptKeys().filter((key) => unsent && /./.test(key.split("/").pop()) && location.pathname.includes(`/${key.split("/").pop()}`));
    for (const text of lost.flatMap((key) => Object.values(JSON.parse(sessionStorage.getItem(key)).left))) {
      unsent.hidden = false;
      unsent.append(Object.assign(document.createElement("p"), { className: "bubble words", dir: "auto", textContent: text }));
    }
  }
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-sign-out]")) {
      going = body;
      keptKeys().forEach((key) => sessionStorage.removeItem(key));
      return;
    }
    if (event.target.matches("[data-once]") && "sent" in event.target.dataset) return;
    going = event.target;
    sentAt = Date.now();
    to = new URL(going.getAttribute("action") ?? "", location.href).pathname;
    had = Object.fromEntries(fields().filter((field) => field.form === going).map((field) => [field.id, said(field.value)]));
    putAside(false);
    if (composed(event.target)) history.replaceState({ ...history.state, sent: had }, "");
  });
  document.addEventListener("input", (event) => {
    if (event.target.form === going) going = null;
    if (composed(event.target) && history.state?.sent) history.replaceState({ ...history.state, sent: null }, "");
  });
  window.addEventListener("pagehide", () => {
    if (half && body.dataset.viewer && going !== body) putAside(false);
  });
  // Chosen files cannot be kept: whoever leaves them is asked by their browser first.
  window.addEventListener("beforeunload", (event) => {
    const chosen = [...document.querySelectorAll('input[type="file"]')].some((field) => field.files.length && field.form !== going);
    if (chosen && going !== body) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const box = document.getElementById(event.target.closest("[data-empties]")?.dataset.empties ?? "");
    if (box) box.value = "";
  });

  // Gone back to after sending, the browser shows the words in the box again: not where they stand in the thread by now.
  const emptySaid = () => {
    for (const [id, before] of Object.entries(history.state?.sent ?? {})) {
      const field = document.getElementById(id);
      if (field && said(field.value) > before) field.value = "";
    }
  };
  window.addEventListener("pageshow", emptySaid);
  document.addEventListener("htmx:afterSettle", emptySaid);

  // So is what is re-read and gone: whoever it is about is out of reach now, and stands on the screen no longer.
  document.addEventListener("htmx:responseError", (event) => {
    const gone = event.detail.xhr.status === 404 && event.detail.elt.matches("[data-live]");
    if (!gone && event.detail.xhr.status !== 401 && event.detail.xhr.status !== 419) return;
    putAside(true);
    location.reload();
  });

  // A browser does not go back to a form that was sent: what was found is gone back to by a name the server gave it.
  const found = document.querySelector("[data-again]");
  if (found) history.replaceState(history.state, "", found.dataset.again);

  // One deed per press: the second click of a double click is not sent.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-once]")) return;
    if ("sent" in form.dataset) event.preventDefault();
    form.dataset.sent = "1";
    window.setTimeout(() => delete form.dataset.sent, 4000);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("[data-sent]").forEach((form) => delete form.dataset.sent));

  // Gone back to (in Firefox also loaded anew), a form is filled in as it was left, upon a page that was read anew: it
  // keeps the marks of what its writer read, so that a colleague's change since is asked about and not put back. Not
  // once it was sent.
  const differs = (field) => (field.matches("[type=checkbox], [type=radio]") ? field.checked !== field.defaultChecked : field.value !== initial(field));
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) return;
    for (const form of came.type === "navigate" ? [] : marked()) {
      if ([...form.querySelectorAll("input:not([type=hidden]), select, textarea")].some(differs)) remark(form, history.state?.read);
    }
    if (marked().length) history.replaceState({ ...history.state, read: read() }, "");
  });
  document.addEventListener("submit", (event) => {
    if (history.state?.read) history.replaceState({ ...history.state, read: null }, "");
  });

  // What was just made is fetched by itself, once: not again when the page is loaded anew or gone back to.
  const atOnce = document.querySelector("[data-at-once]");
  if (atOnce && !history.state?.fetched) {
    history.replaceState({ ...history.state, fetched: true }, "");
    window.addEventListener("load", () => atOnce.requestSubmit());
  }

  // Read: told to the server when the thread has been on the screen for a moment; without this file there is a button.
  // What somebody said aloud is not read by being on the screen: it has been played first, or the button pressed.
  let reading = 0;
  const heard = new Set();
  const markRead = () => {
    window.clearTimeout(reading);
    const form = document.querySelector("[data-mark-read]");
    if (!form || document.hidden) return;
    if ([...document.querySelectorAll("[data-unheard]")].some((one) => !heard.has(one.src))) return;
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
  document.addEventListener("play", (event) => {
    heard.add(event.target.src);
    markRead();
  }, true);

  // A list that is re-read under the keyboard keeps the focus where it was: on what leads to the same and says the same.
  let held = null;
  const leads = (one) => [one.tagName, one.getAttribute("href") ?? one.form?.getAttribute("action"), one.textContent.trim()].join(" ");
  document.addEventListener("htmx:beforeSwap", (event) => {
    const one = document.activeElement;
    if (event.detail.target.contains(one) && !one.id) held = { list: event.detail.target.id, leads: leads(one) };
  });
  document.addEventListener("htmx:afterSettle", () => {
    const { list, leads: led } = held ?? {};
    held = null;
    if (!list || document.activeElement !== body) return;
    const all = document.getElementById(list)?.querySelectorAll("a, button, summary") ?? [];
    [...all].find((one) => leads(one) === led)?.focus({ preventScroll: true });
  });

  // The writer's form speaks of the thread as it is on the screen; what came in meanwhile is said.
  document.addEventListener("htmx:afterSettle", () => {
    markRead();
    const shown = document.getElementById("thread-version")?.dataset.version;
    const field = document.querySelector('.composer input[name="version"]');
    if (!shown || !field || field.value === shown) return;
    // Where a colleague has answered meanwhile, the form keeps what its writer saw: the server then asks before it sends.
    const answered = Number(document.getElementById("thread-version").dataset.answered);
    const begun = document.getElementById("reply")?.value.trim() || fields().length;
    if (!(begun && answered > Number(field.value))) field.value = shown;
    const notice = document.getElementById("came-in");
    if (notice && begun) notice.textContent = notice.dataset.words;
  });

  // Words that came back into the box are written on where they end; after the browser has gone to #latest, which takes
  // the focus away.
  const back = document.querySelector("#undone, #busy") && document.getElementById("reply");
  if (back?.value) {
    window.addEventListener("load", () => window.setTimeout(() => {
      back.focus({ preventScroll: true });
      back.setSelectionRange(back.value.length, back.value.length);
    }, 50));
  }

  // Colleagues are told that somebody writes here, never what: while there is something in the box, every ten seconds.
  const reply = document.querySelector("[data-writing]");
  const box = reply?.querySelector("textarea");
  let told = 0;
  const tell = (done) => fetch(reply.dataset.writing, {
    method: "POST", keepalive: true, body: new URLSearchParams(done ? { done: "yes" } : {}), headers: { "X-CSRF-Token": meta("csrf-token") },
  }).catch(() => null);
  box?.addEventListener("input", () => {
    if (box.value.trim() && Date.now() - told > 10000) {
      told = Date.now();
      tell(false);
    } else if (!box.value.trim() && told) {
      told = 0;
      tell(true);
    }
  });
  window.addEventListener("pagehide", () => { if (told) tell(true); });

  // Canned replies: found while one types, put in at the cursor. Without this file a button brings the form back with it.
  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-filters]")) return;
    const words = event.target.value.toLocaleLowerCase().split(/\s+/);
    for (const item of document.getElementById(event.target.dataset.filters).children) {
      item.hidden = !words.every((word) => item.textContent.toLocaleLowerCase().includes(word));
    }
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-inserts]");
    const into = button && document.getElementById(button.dataset.inserts);
    if (!into) return;
    event.preventDefault();
    const words = button.querySelector(".canned-words").textContent;
    const before = into.value.slice(0, into.selectionStart);
    into.setRangeText((before.trim() ? "\n\n" : "") + words, into.selectionStart, into.selectionEnd, "end");
    into.dispatchEvent(new Event("input", { bubbles: true }));
    button.closest("details").open = false;
    into.focus();
  });

  // What was done is said in view for a while, and then stands where it belongs.
  const flashes = document.querySelector(".flashes");
  if (flashes) window.setTimeout(() => flashes.classList.add("seen"), 10000);

  // What can no longer be taken back offers it no longer.
  const undoable = () => document.querySelectorAll(".undo[data-left]").forEach((form) => {
    const left = Number(form.dataset.left) * 1000;
    delete form.dataset.left;
    window.setTimeout(() => { if (form.isConnected) form.hidden = true; }, left);
  });
  undoable();
  document.addEventListener("htmx:afterSettle", undoable);

  // Keys: off while typing, and for whoever has turned them off. A reply and a note are sent by different ones.
  const sheet = document.getElementById("shortcuts");
  const open = (id, field) => {
    const details = document.getElementById(id) ?? document.getElementById(field)?.closest("details");
    if (details) details.open = true;
    document.getElementById(field)?.focus();
  };
  const step = (by) => {
    const entries = [...document.querySelectorAll(".inbox-entry")];
    const at = entries.findIndex((entry) => entry.matches("[aria-current]"));
    entries[at < 0 ? 0 : at + by]?.click();
  };
  const leave = (deed) => () => { if (!fields().length && !box?.value.trim()) deed(); }; // never away from words
  const keys = {
    "?": () => sheet.showModal(),
    "/": () => [...document.querySelectorAll(".desk-search input[type=search]")].find((one) => one.offsetParent)?.focus(),
    "g t": leave(() => location.assign("/")),
    "g i": leave(() => location.assign("/inbox")),
    j: leave(() => step(1)),
    k: leave(() => step(-1)),
    r: () => open("", "reply"),
    n: () => open("", "note"),
    l: () => open("answer-later", "later"),
  };
  let first = "";
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("form.reply textarea, form.note textarea")) {
      const form = event.target.form;
      const due = form.matches(".reply") ? event.ctrlKey && !event.altKey : event.altKey && !event.ctrlKey;
      if (!due) return;
      event.preventDefault();
      const buttons = form.querySelectorAll(".actions button[type=submit]");
      form.requestSubmit(buttons[buttons.length - 1]);
      return;
    }
    if (!sheet || sheet.open || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.target.matches("input, textarea, select, [contenteditable], audio, video")) return;
    const deed = keys[`${first} ${event.key}`] ?? keys[event.key];
    first = event.key === "g" ? "g" : "";
    if (!deed) return;
    event.preventDefault();
    deed();
  });

  // The secret of a first sign-in stands behind the #: taken from there into the form, and out of the address.
  const secret = document.querySelector('form[action="/welcome"] #token');
  if (secret && location.hash.length > 1) {
    secret.value = location.hash.slice(1);
    history.replaceState(null, "", location.pathname);
  }

  // Live: the server only hints that something changed ("inbox today", or nothing for everything); lists are re-read.
  // Where somebody is typing, listening, or has unfolded something, it is re-read afterwards.
  const waiting = new Set();
  const owed = new WeakSet();
  let timer = 0;
  const refresh = () => {
    timer = 0;
    if (document.hidden) return;
    for (const element of document.querySelectorAll("[data-live]")) {
      const about = element.dataset.live.split(" ");
      const due = owed.delete(element) || waiting.has("*") || about.some((topic) => waiting.has(topic));
      const typing = document.activeElement?.matches("input, textarea, select") && element.contains(document.activeElement);
      const open = element.querySelector("details[open]");
      const playing = [...element.querySelectorAll("audio, video")].some((one) => !one.paused && !one.ended);
      if (due && !typing && !open && !playing) window.htmx?.trigger(element, "live");
      else if (due) {
        owed.add(element);
        timer = window.setTimeout(refresh, 2000);
      }
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
  // A browser keeps few connections to one address, so only a page that is looked at has a stream; one that is seen again
  // is re-read. A stream that is lost is opened anew, and said where that takes long; after a session nothing is shown.
  if (body.dataset.viewer && document.querySelector("[data-live]")) {
    const notice = document.getElementById("live-lost");
    let source = null;
    let lost = false;
    let saying = 0;
    let leaving = 0;
    const stop = () => {
      source?.close();
      source = null;
      lost = true;
    };
    // What is typed and not kept over a sign-in would be lost.
    const losable = (field) => !keeps(field) && !field.matches("[type=hidden], [type=search]") && (field.matches("select")
      ? [...field.options].some((one) => one.selected !== one.defaultSelected) && field.selectedIndex > 0
      : field.value !== field.defaultValue || field.checked !== field.defaultChecked);
    const over = async () => {
      const answer = await fetch("/waiting", { headers: { "HX-Request": "true" } }).catch(() => null);
      if (answer?.status !== 401 || document.hidden) window.setTimeout(listen, 15000);
      else if ([...document.querySelectorAll("main input, main select, main textarea")].some(losable)) notice.textContent = notice.dataset.out;
      else {
        putAside(true);
        location.reload();
      }
    };
    const listen = () => {
      if (source || document.hidden) return;
      // As of when the thread was read, so that what happened before the stream was open is hinted at, too.
      const { thread } = body.dataset;
      const read = document.getElementById("thread-version")?.dataset ?? {};
      const asked = thread ? `?${new URLSearchParams({ thread, version: read.version ?? "", way: read.way ?? "" })}` : "";
      source = new EventSource(`/events${asked}`);
      source.addEventListener("hint", (event) => hint(event.data.split(" ").filter(Boolean)));
      source.addEventListener("error", () => {
        lost = true;
        saying ||= window.setTimeout(() => { if (notice) notice.textContent = notice.dataset.says; }, 20000);
        if (source?.readyState !== EventSource.CLOSED) return;
        source = null;
        over();
      });
      source.addEventListener("open", () => {
        window.clearTimeout(saying);
        saying = 0;
        if (notice) notice.textContent = "";
        hint(lost ? [] : ["numbers"]);
        lost = false;
      });
    };
    listen();
    document.addEventListener("visibilitychange", () => {
      window.clearTimeout(leaving);
      if (document.hidden) leaving = window.setTimeout(stop, 3000);
      else listen();
    });
    window.addEventListener("pagehide", stop);
    window.addEventListener("pageshow", (event) => { if (event.persisted) listen(); });
  }
})();
