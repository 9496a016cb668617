// On every page: what is folded is unfolded for print, in light colours, and folded again afterwards.
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
