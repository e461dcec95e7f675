/* The page's own script: clicks become signals, the address follows the conversation, and what
   changes is told to those who hear the page.

     click -> #signal + #tell -> server -> parts change -> address, labels, panel, live region

   It writes no HTML: everything it shows is text in elements that it makes. */
(() => {
  "use strict";

  const $ = (id) => document.getElementById(id);
  const narrow = window.matchMedia("(max-width: 1099px)");
  const said = (key) => $(`say-${key}`)?.textContent ?? "";
  let spoken = "";
  let asked = false;
  let returnTo = null;

  /* 1. What a reader does. */

  function signal(told) {
    const field = document.querySelector("#signal textarea, #signal input");
    const kind = field.tagName === "TEXTAREA" ? HTMLTextAreaElement : HTMLInputElement;
    Object.getOwnPropertyDescriptor(kind.prototype, "value").set.call(field, JSON.stringify(told));
    field.dispatchEvent(new Event("input", { bubbles: true }));
    requestAnimationFrame(() => $("tell").click());
  }

  function type(text) {
    const box = document.querySelector("#box textarea");
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box, text);
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
    requestAnimationFrame(() => $("ask").click());
  }

  const acts = {
    open: (value) => { closeMenu(); signal({ do: "open", id: value }); },
    rename: (value, at) => {
      const title = at.closest(".menu").querySelector("input").value;
      signal({ do: "rename", id: value, text: title });
    },
    delete: (value, at) => {
      if (at.classList.contains("sure")) return signal({ do: "delete", id: value });
      at.classList.add("sure");
      at.textContent = said("delete_sure");
    },
    cite: (value, at) => {
      const [id, n] = value.split(":");
      returnTo = at.id || value;
      asked = true;
      document.querySelectorAll(".cite.chosen").forEach((one) => one.classList.remove("chosen"));
      at.classList.add("chosen");
      signal({ do: "cite", id, n: Number(n) });
    },
    "close-sources": () => closeSources(),
    "rate-up": (value) => signal({ do: "rate", id: value, text: "up" }),
    "rate-down": (value) => {
      const form = $(`reasons-${value}`);
      form.hidden = !form.hidden;
      if (!form.hidden) form.querySelector("input").focus();
    },
    "send-reason": (value) => {
      const form = $(`reasons-${value}`);
      const reason = form.querySelector("input[type=radio]:checked")?.value ?? "";
      const comment = form.querySelector("input[type=text]").value;
      signal({ do: "rate", id: value, text: "down", reason: `${reason}:${comment}` });
    },
    card: async (value, at) => {
      const form = at.closest(".card");
      const file = form.querySelector("input[type=file]")?.files[0];
      if (file && file.size > 1000000) return signal({ do: "card", n: file.size });
      if (file) return signal({ do: "card", text: await file.text() });
      const told = {};
      for (const field of form.querySelectorAll("input[type=text]")) {
        if (field.value.trim()) told[field.name] = field.value.trim();
      }
      signal({ do: "card", text: JSON.stringify(told) });
    },
    copy: (value, at) => copy($(`answer-${value}`), at),
    example: (value) => type(value),
    menu: () => document.body.classList.toggle("menu-open"),
    appearance: () => {
      const dark = document.body.classList.toggle("dark");
      try { localStorage.setItem("medchat-appearance", dark ? "dark" : "light"); } catch { /* kept off */ }
    },
  };

  function onClick(event) {
    const at = event.target.closest("button[class*='do-']");
    if (at) {
      const name = [...at.classList].find((one) => one.startsWith("do-")).slice(3);
      acts[name]?.(at.value, at);
      return;
    }
    if (event.target.closest("#new")) closeMenu();
    if (!event.target.closest(".options")) closeOptions();
    if (document.body.classList.contains("menu-open") && !event.target.closest("#side")) closeMenu();
  }

  function onKey(event) {
    const writing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !writing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      document.querySelector("#box textarea")?.focus();
    } else if (event.key === "Escape") {
      if (document.querySelector(".options[open]")) closeOptions();
      else if (document.body.classList.contains("menu-open")) closeMenu();
      else if ($("sources")) closeSources();
    } else if (event.key === "Enter" && event.target.matches(".menu input")) {
      event.target.closest(".menu").querySelector(".do-rename").click();
    } else if (event.key === "Enter" && event.target.matches(".reasons input[type=text]")) {
      event.target.closest(".reasons").querySelector(".do-send-reason").click();
    }
  }

  function closeMenu() { document.body.classList.remove("menu-open"); }

  function closeOptions() {
    document.querySelectorAll(".options[open]").forEach((one) => one.removeAttribute("open"));
  }

  function closeSources() {
    document.body.classList.remove("sources-open");
    const from = document.querySelector(".cite.chosen");
    from?.classList.remove("chosen");
    from?.focus();
    signal({ do: "close" });
  }

  async function copy(answer, at) {
    const text = answer.querySelector(".text").cloneNode(true);
    text.querySelectorAll(".unseen").forEach((one) => one.remove());
    text.querySelectorAll(".cite").forEach((one) => one.replaceWith(` [${one.textContent}]`));
    const lines = [...answer.querySelectorAll(".references li")].map((one) => {
      const number = one.querySelector(".cite span").textContent;
      return `[${number}] ${one.lastChild.textContent.trim()}`;
    });
    await navigator.clipboard.writeText([text.textContent.trim(), "", ...lines].join("\n"));
    const label = at.textContent;
    at.textContent = said("copied");
    announce(said("copied"));
    setTimeout(() => { at.textContent = label; }, 1600);
  }

  /* 2. What follows when parts change. */

  const region = document.createElement("div");
  region.id = "announcer";
  region.className = "unseen";
  region.setAttribute("role", "status");
  region.setAttribute("aria-live", "polite");

  function announce(text) {
    if (text && text !== region.textContent) region.textContent = text;
  }

  function followPlace() {
    const place = $("place");
    if (!place) return;
    const id = [...place.classList].find((one) => one.startsWith("c-"))?.slice(2) ?? "";
    const address = new URL(window.location.href);
    if (id) address.searchParams.set("c", id); else address.searchParams.delete("c");
    address.searchParams.set("lang", place.lang);
    if (address.href !== window.location.href) history.replaceState(null, "", address);
    document.documentElement.lang = place.lang;
    document.title = [place.textContent, said("page")].filter(Boolean).join(" · ");
    label("side", "navigation", said("history"));
    label("main", "main", said("page"));
    label("evidence", "complementary", said("sources"));
  }

  function label(id, role, words) {
    $(id)?.setAttribute("role", role);
    $(id)?.setAttribute("aria-label", words);
  }

  function followAnswer() {
    const status = $("status");
    const busy = Boolean(document.querySelector("#live .writing"));
    $("reading").setAttribute("aria-busy", String(busy));
    if (status) announce(status.textContent);
    if (document.querySelector("#live .turns")) toEnd();
  }

  function followTranscript() {
    const answers = document.querySelectorAll("#transcript .answer");
    const last = answers[answers.length - 1];
    if (!last || last.id === spoken) return;
    const known = spoken;
    spoken = last.id;
    toQuestion(last);
    if (known === "" && !region.textContent) return; // a page that was loaded, not an answer
    announce(`${said("answer")}: ${last.querySelector(".text").innerText}`);
  }

  function followPanel() {
    const open = Boolean($("sources"));
    document.body.classList.toggle("sources-open", open);
    if (!open || !asked) return;
    asked = false;
    const card = document.querySelector("#sources details[open]");
    card?.scrollIntoView({ block: "nearest" });
    card?.querySelector("mark")?.scrollIntoView({ block: "nearest" });
    card?.querySelector("summary").focus({ preventScroll: true });
  }

  function toEnd() {
    const reading = $("reading");
    reading.scrollTop = reading.scrollHeight;
  }

  function toQuestion(answer) {
    const before = answer.previousElementSibling ?? answer;
    const reading = $("reading");
    reading.scrollTop += before.getBoundingClientRect().top - reading.getBoundingClientRect().top - 12;
  }

  /* 3. Beginning: Gradio draws the page, then we watch its parts. */

  function watch(id, follow) {
    new MutationObserver(follow).observe($(id), { childList: true, subtree: true, characterData: true });
    follow();
  }

  function begin() {
    if (!$("tell") || !$("place-holder") || !$("panel") || !document.querySelector("#box textarea")) return false;
    document.body.append(region);
    document.addEventListener("click", onClick);
    document.addEventListener("keydown", onKey);
    watch("place-holder", followPlace);
    watch("live", followAnswer);
    watch("transcript", followTranscript);
    watch("panel", followPanel);
    narrow.addEventListener("change", closeMenu);
    keepAppearance();
    document.body.classList.add("medchat-ready");
    return true;
  }

  function keepAppearance() {
    let kept = null;
    try { kept = localStorage.getItem("medchat-appearance"); } catch { /* kept off */ }
    if (kept) document.body.classList.toggle("dark", kept === "dark");
  }

  const drawing = new MutationObserver(() => { if (begin()) drawing.disconnect(); });
  drawing.observe(document.documentElement, { childList: true, subtree: true });
})();
