// On every page. Nothing is lost without it: the marks beside headings and charts are links, print has its style.

// What is folded is unfolded for print, in light colours, and folded again afterwards.
(() => {
  const page = document.documentElement;
  let folded = [], theme;
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("article details:not([open], .hide)")];
    for (const part of folded) part.open = true;
    theme = page.dataset.theme;
    page.dataset.theme = "light";
  });
  addEventListener("afterprint", () => {
    for (const part of folded) part.open = false;
    if (theme) page.dataset.theme = theme;
  });
})();

// The mark beside a heading or a chart copies its address, where the browser allows it; else it is followed.
(() => {
  if (!navigator.clipboard) return;
  const told = document.createElement("span");
  told.className = "bet-copied";
  told.setAttribute("role", "status");
  for (const link of document.querySelectorAll("article a.headerlink")) {
    link.title = link.title.replace("Link to", "Copy the link to");
    link.setAttribute("aria-label", link.title);
    link.addEventListener("click", async (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      try {
        await navigator.clipboard.writeText(link.href);
        history.replaceState(null, "", link.hash);
        told.textContent = "";
        link.after(told);
        told.textContent = "Link copied";
      } catch {
        location.hash = link.hash;
      }
    });
  }
})();
