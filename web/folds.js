// Opens the folds around the place that an address names, and every fold for the printer. Without this
// script folds open by a click, and newer browsers open the one that an address or a search leads into.
(() => {
  const reveal = () => {
    const place = document.getElementById(location.hash.slice(1));
    let moved = false;
    for (let fold = place?.closest("details:not([open])"); fold; fold = fold.parentElement.closest("details:not([open])"))
      moved = fold.open = true;
    if (moved) place.scrollIntoView();
  };
  let shut = [];
  addEventListener("hashchange", reveal);
  addEventListener("beforeprint", () => {
    shut = [...document.querySelectorAll("details.bet-deeper:not([open])")];
    for (const fold of shut) fold.open = true;
  });
  addEventListener("afterprint", () => {
    for (const fold of shut) fold.open = false;
  });
  reveal();
})();
