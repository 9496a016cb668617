// Filter and search of the claims table. The table is complete without this script.
(() => {
  const bar = document.getElementById("bet-filter");
  const rows = [...document.querySelectorAll("table.bet-claims tbody tr")];
  if (!bar || !rows.length) return;
  const fields = { section: "Chapter", verdict: "Verdict", kind: "Kind", confidence: "Confidence", speaker: "Speaker" };
  const words = JSON.parse(bar.dataset.words);
  const state = new URLSearchParams(location.search);
  const controls = {};
  const add = (name, text, control) => {
    const label = document.createElement("label");
    label.append(text, control);
    bar.append(label);
    controls[name] = control;
    control.value = state.get(name) ?? "";
    control.addEventListener("input", apply);
  };
  for (const [name, text] of Object.entries(fields)) {
    const select = document.createElement("select");
    select.append(new Option("all", ""));
    for (const value of [...new Set(rows.map((row) => row.dataset[name]))]) select.append(new Option(words[value] ?? value, value));
    add(name, text, select);
  }
  const search = document.createElement("input");
  search.type = "search";
  add("q", "Search", search);
  const count = document.createElement("output");
  count.setAttribute("aria-live", "polite");
  bar.append(count);

  // Small letters without accents and apostrophes, words apart: "Baron’s" is "barons", "1,000" is "1000".
  const folded = (text) => text.normalize("NFD").toLowerCase().replace(/œ/g, "oe")
    .replace(/[\u0300-\u036f\u00ad'\u2018\u2019\u02bc]/g, "")
    .replace(/(\d)[,\u00a0\u202f](?=\d{3})/g, "$1")
    .replace(/\.(?!\d)|[^\p{L}\p{N}.]+/gu, " ");
  // The cells of a row stand beside each other in the page and must not run together here.
  const told = (row) => {
    const walk = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
    const parts = [];
    while (walk.nextNode()) parts.push(walk.currentNode.data);
    return ` ${folded(parts.join(" "))}`;
  };
  const texts = new Map(rows.map((row) => [row, told(row)]));

  // Every word, in any order, at the beginning of a word of the row.
  function apply() {
    const wanted = folded(controls.q.value).split(" ").filter(Boolean);
    let shown = 0;
    let every = 0;
    let beside = 0;
    for (const row of rows) {
      const chosen = Object.keys(fields).every((name) => !controls[name].value || row.dataset[name] === controls[name].value);
      // Text of the page around the article is no claim of its own, and in no count.
      const counts = row.dataset.kind !== "boilerplate" || Boolean(controls.kind.value);
      const fits = chosen && (counts || !controls.verdict.value);
      row.hidden = !(fits && wanted.every((word) => texts.get(row).includes(` ${word}`)));
      shown += counts && !row.hidden;
      every += counts;
      beside += !counts && !row.hidden;
    }
    const around = beside ? ` and ${beside} line${beside > 1 ? "s" : ""} of the host page` : "";
    count.textContent = `${shown} of ${every} claims${around}`;
    const query = new URLSearchParams();
    for (const [name, control] of Object.entries(controls)) if (control.value) query.set(name, control.value);
    history.replaceState(null, "", `${location.pathname}${query.size ? `?${query}` : ""}${location.hash}`);
  }
  // The claim that one comes for is shown, whatever the filter says.
  function land() {
    const row = document.getElementById(decodeURIComponent(location.hash.slice(1)))?.closest("table.bet-claims tr");
    if (row?.hidden) {
      for (const control of Object.values(controls)) control.value = "";
      apply();
    }
    row?.scrollIntoView();
  }
  addEventListener("hashchange", land);
  bar.hidden = false;
  apply();
  land();
})();
