// Search: in the theme's own dialog as one types, and on the search page with filters. Nothing is loaded
// before the reader types. What is found is put into the page as text, never as markup. What is typed stands
// behind the # of an address, which a browser keeps to itself.
const here = new URL(".", import.meta.url);
const site = new URL("..", here);
const KINDS = { chapter: "Chapters", claim: "Claims", page: "Other pages" };
const ID = /^[a-z]+-\d+$/i;
// Words of a question that every page has; they are left out while others remain.
const SMALL = new Set(
  ("a an and are as at be by did do does for from had has have how in is it its many much of on or say says that the " +
    "their this to was were what when where which who whose why will with").split(" "),
);
let engine, listed;

const load = () =>
  (engine ??= Promise.all([
    import(new URL("pagefind/pagefind.js", here)),
    fetch(new URL("pagefind/results.json", here)).then((answer) => answer.json()),
  ]).then(async ([pagefind, list]) => {
    listed = list;
    await pagefind.options({ excerptLength: 22 });
    return pagefind;
  }));

const make = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};

const meant = (query) => {
  const words = query.trim().split(/\s+/);
  const kept = words.filter((word) => !SMALL.has(word.toLowerCase()));
  return /^".*"$/.test(query.trim()) || !kept.length ? query.trim() : kept.join(" ");
};

// Pagefind answers a word that no page has with pages that have its first letters: those are dropped.
const letters = (word) => word.normalize("NFD").replace(/[^\p{L}\p{N}&-]/gu, "").toLowerCase();
const answers = async (pagefind, asked) => {
  const { results } = await pagefind.search(asked || null);
  if (!asked || !results.length) return results;
  const marked = [...(await results[0].data()).excerpt.matchAll(/<mark>(.*?)<\/mark>/g)].map(([, word]) => letters(word));
  const half = (word) => word.slice(0, Math.max(3, Math.ceil(word.length / 2)));
  const near = asked.split(/\s+/).map(letters).some((word) => marked.some((one) => one.includes(half(word))));
  return near ? results : [];
};

// Results by kind: of all words or, where nothing has them all, of any, those with more of them first.
const find = async (query, wanted = {}) => {
  const pagefind = await load();
  const asked = meant(query);
  const fits = ({ id }) => Object.entries(wanted).every(([key, value]) => !value || listed[id]?.[key] === value);
  const words = asked.split(/\s+/);
  const each = [];
  // One after another: searches at once find nothing in a piece of the index that is still on its way.
  if (words.length > 1) for (const word of words) each.push(await answers(pagefind, word));
  // Where a word is on no page, it was answered with its first letters.
  const wholly = asked.startsWith('"') || each.every((results) => results.length);
  const all = wholly && (asked || Object.values(wanted).some(Boolean)) ? await answers(pagefind, asked) : [];
  let found = all.filter(fits);
  const some = !found.length && words.length > 1;
  if (some) {
    const sums = new Map();
    for (const results of each)
      for (const result of results.filter(fits)) {
        const { count, score } = sums.get(result.id) ?? { count: 0, score: 0 };
        sums.set(result.id, { result, count: count + 1, score: score + result.score });
      }
    found = [...sums.values()].sort((a, b) => b.count - a.count || b.score - a.score).map(({ result }) => result);
  }
  const order = ID.test(asked) ? ["claim", "chapter", "page"] : Object.keys(KINDS);
  const groups = order.map((kind) => [kind, found.filter(({ id }) => listed[id]?.kind === kind)]);
  return { count: found.length, some, words: words.map((word) => word.toLowerCase()), groups: groups.filter(([, results]) => results.length) };
};

// Pagefind marks words in a text whose angle brackets it has escaped.
const plain = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">");
// A passage that begins with its own heading goes on after it.
const after = (excerpt, title) => {
  let at = 0;
  for (const letter of title) {
    while (excerpt.startsWith("<mark>", at) || excerpt.startsWith("</mark>", at)) at = excerpt.indexOf(">", at) + 1;
    if (excerpt[at] !== letter) return excerpt;
    at += 1;
  }
  return excerpt.slice(at).replace(/^<\/mark>/, "").replace(/^[.\s]+/, "");
};
const passage = (excerpt, title) =>
  make("p", {}, ...after(excerpt, title).split(/<\/?mark>/).map((part, at) => (at % 2 ? make("mark", {}, plain(part)) : plain(part))));

const shown = async (result, parts, words) => {
  const { url, kind, name, verdict } = listed[result.id];
  const data = await result.data();
  const link = (address, ...words) => make("a", { href: new URL(address, site).href }, ...words);
  const item = make("li", { class: "bet-hit" });
  if (kind === "claim") {
    const mark = make("span", { class: `bet-badge bet-${verdict}` }, make("span", {}, name), ` ${verdict}`);
    item.append(make("p", {}, link(url, mark, ` ${data.meta.title}`)), passage(data.excerpt, data.meta.title));
    return item;
  }
  // Parts whose heading has the words come first, then those whose text has more of them.
  const headed = ({ title }) => words.filter((word) => title.toLowerCase().includes(word)).length;
  const weight = (part) => part.weighted_locations.reduce((sum, { balanced_score }) => sum + balanced_score, 0);
  const inside = data.sub_results.filter(({ anchor }) => anchor);
  inside.sort((a, b) => headed(b) - headed(a) || weight(b) - weight(a)).splice(parts);
  item.append(make("p", {}, link(url, data.meta.title)));
  if (!inside.length) item.append(passage(data.excerpt, data.meta.title));
  for (const { anchor, title, excerpt } of inside)
    item.append(make("div", {}, make("p", {}, link(`${url}#${anchor.id}`, title)), passage(excerpt, title)));
  return item;
};

// Show a group at first in part; a button shows the rest.
const section = async ([kind, results], words, most, parts) => {
  const list = make("ul");
  const more = make("button", { type: "button", class: "bet-more" }, `All ${results.length}`);
  const add = async (some) => list.append(...(await Promise.all(some.map((result) => shown(result, parts, words)))));
  more.addEventListener("click", async () => {
    more.remove();
    const at = list.children.length;
    await add(results.slice(at));
    list.children[at]?.querySelector("a").focus();
  });
  await add(results.slice(0, most));
  return make("section", {}, make("h2", {}, `${KINDS[kind]} (${results.length})`), list, ...(results.length > most ? [more] : []));
};

const told = ({ count, some }) =>
  !count ? "Nothing found." : some ? `No page has all the words; ${count} have some.` : `${count} found`;

// Let a field show what it finds in a place; an answer that is overtaken by the next is dropped.
const bind = (field, place, status, wanted, most, parts) => {
  let last = 0;
  const show = async () => {
    const turn = ++last;
    try {
      const found = await find(field.value, wanted());
      const sections = await Promise.all(found.groups.map((group) => section(group, found.words, most, parts)));
      if (turn !== last) return;
      place.replaceChildren(...sections);
      status.textContent = field.value.trim() || found.count ? told(found) : "";
    } catch {
      if (turn === last) status.textContent = "The search could not be loaded; all claims and all charts are in the menu.";
    }
  };
  let timer;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, 120);
  });
  return show;
};

const dialog = () => {
  const field = document.querySelector("#pst-search-dialog form.bd-search input");
  if (!field) return;
  const place = make("div", { class: "bet-found", "aria-label": "Results", role: "region", tabindex: "0", hidden: "" });
  const status = make("p", { role: "status", class: "bet-meta" });
  const all = make("a", { href: new URL("search.html", site).href }, "All results, and filters");
  field.form.after(make("div", { class: "bet-found-bar" }, status, all), place);
  const show = bind(field, place, status, () => ({}), 3, 1);
  field.addEventListener("input", () => {
    all.href = new URL(`search.html#${new URLSearchParams({ q: field.value })}`, site).href;
    place.hidden = !field.value.trim();
  });
  field.form.addEventListener("submit", (event) => {
    event.preventDefault();
    all.click();
  });
  all.addEventListener("click", () => field.closest("dialog").close());
  // What stood in the field before this script came.
  if (field.value.trim()) show().then(() => (place.hidden = false));
};

const page = async () => {
  const home = document.getElementById("bet-search");
  if (!home) return;
  const asked = () => new URLSearchParams(location.hash.slice(1) || location.search);
  const field = make("input", { type: "search", name: "q", autocomplete: "off", spellcheck: "false" });
  field.value = asked().get("q") ?? "";
  const verdict = make("select", {}, new Option("all", ""));
  const chapter = make("select", {}, new Option("all", ""));
  const label = (words, control) => make("label", {}, words, control);
  const status = make("p", { role: "status" });
  const place = make("div", { class: "bet-found" });
  home.append(make("div", { class: "bet-filter", role: "search" }, label("Words, a number or a claim’s id", field), label("Verdict", verdict), label("Chapter", chapter)), status, place);
  const show = bind(field, place, status, () => ({ verdict: verdict.value, chapter: chapter.value }), 10, 3);
  const keep = () => {
    const told = Object.entries({ q: field.value, verdict: verdict.value, chapter: chapter.value }).filter(([, value]) => value);
    history.replaceState(null, "", `${location.pathname}${told.length ? `#${new URLSearchParams(told)}` : ""}`);
  };
  field.addEventListener("input", keep);
  for (const control of [verdict, chapter])
    control.addEventListener("input", () => {
      keep();
      show();
    });
  field.focus();
  try {
    await load();
  } catch {
    await show();
    return;
  }
  const values = (key) => [...new Set(Object.values(listed).map((result) => result[key]).filter(Boolean))].sort();
  for (const [control, key] of [[verdict, "verdict"], [chapter, "chapter"]])
    for (const value of values(key)) control.append(new Option(value, value));
  const read = () => {
    for (const [control, key] of [[field, "q"], [verdict, "verdict"], [chapter, "chapter"]]) control.value = asked().get(key) ?? "";
    return show();
  };
  addEventListener("hashchange", read); // asked anew from the dialog on this very page
  await read();
};

dialog();
page();
