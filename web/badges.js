// Badges speak: what a claim says and how it was judged, shown beside its badge on hover, focus or tap.
// The words are the page's own data. Without this script a badge is a link to the claim.
(() => {
  const data = document.getElementById("bet-said");
  if (!data || !HTMLElement.prototype.showPopover) return;
  const said = JSON.parse(data.textContent);
  const id = (badge) => badge.hash.slice(1);
  const make = (name, of, ...children) => {
    const made = document.createElement(name);
    if (of) made.className = of;
    made.append(...children);
    return made;
  };

  // A screen reader reads the description of a badge when it comes to it.
  const descriptions = make("div");
  descriptions.hidden = true;
  for (const [name, { paraphrase, figures, confidence, reason }] of Object.entries(said)) {
    const told = make("span", "", [paraphrase, ...figures, confidence && `confidence ${confidence}`, reason].filter(Boolean).join(" "));
    told.id = `bet-said-${name}`;
    descriptions.append(told);
  }
  document.body.append(descriptions);
  for (const badge of document.querySelectorAll("a.bet-badge")) {
    if (said[id(badge)]) badge.setAttribute("aria-describedby", `bet-said-${id(badge)}`);
  }

  let bubble, spoken, timer, touched;
  const place = () => {
    const at = spoken.getBoundingClientRect();
    const { offsetWidth: wide, offsetHeight: high } = bubble;
    const below = at.bottom + 4 + high <= innerHeight || at.top < high + 4;
    bubble.style.left = `${Math.max(8, Math.min(at.left, innerWidth - wide - 8))}px`;
    bubble.style.top = `${below ? at.bottom + 4 : at.top - high - 4}px`;
  };
  const hide = () => {
    clearTimeout(timer);
    bubble?.remove();
    bubble = spoken = undefined;
  };
  const show = (badge) => {
    clearTimeout(timer);
    if (badge === spoken) return;
    hide();
    const { paraphrase, figures, verdict, confidence, reason } = said[id(badge)];
    const more = make("a", "", "Evidence and history");
    more.href = badge.href;
    const judged = make("span", "", make("b", "", verdict), confidence ? `, confidence ${confidence}` : "");
    bubble = make("span", "bet-says", make("strong", "", paraphrase), ...figures.map((text) => make("span", "", text)), judged, make("span", "", reason), more);
    bubble.popover = "manual";
    spoken = badge;
    badge.after(bubble); // so that the keyboard goes on from the badge to the link inside
    bubble.showPopover();
    place();
  };
  const badgeOf = ({ target }) => {
    const badge = target instanceof Element && target.closest("a.bet-badge");
    return badge && said[id(badge)] ? badge : null;
  };
  const inside = ({ target }) => bubble?.contains(target);

  document.addEventListener("mouseover", (event) => {
    const badge = badgeOf(event);
    clearTimeout(timer);
    if (badge && badge !== spoken) timer = setTimeout(show, 150, badge);
    else if (!badge && spoken && !inside(event) && document.activeElement !== spoken) timer = setTimeout(hide, 250);
  });
  document.addEventListener("focusin", (event) => {
    const badge = badgeOf(event);
    if (badge) show(badge);
    else if (!inside(event)) hide();
  });
  document.addEventListener("keydown", ({ key }) => key === "Escape" && hide());
  // The first tap on a badge shows, the second follows the link.
  document.addEventListener("pointerdown", (event) => {
    touched = event.pointerType === "touch" && badgeOf(event) !== spoken;
    if (!badgeOf(event) && !inside(event)) hide();
  });
  document.addEventListener("click", (event) => {
    const badge = badgeOf(event);
    if (!badge || !touched) return;
    event.preventDefault();
    show(badge);
  });
  for (const name of ["scroll", "resize"]) addEventListener(name, () => bubble && place(), { capture: true, passive: true });
})();
