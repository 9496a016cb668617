// Adds to the day that settles a forecast how far away it is today. Without it the day stands alone.
(() => {
  const today = new Date().toISOString().slice(0, 10);
  for (const day of document.querySelectorAll("time.bet-due")) {
    const left = Math.round((Date.parse(day.dateTime) - Date.parse(today)) / 864e5);
    const said = document.createElement("small");
    const months = Math.round(left / 30.44);
    if (left < 0) said.textContent = "due";
    else if (left < 92) said.textContent = left === 1 ? "in 1 day" : `in ${left} days`;
    else said.textContent = months < 24 ? `in ${months} months` : `in ${Math.round(left / 365.25)} years`;
    day.after(document.createElement("br"), said);
  }
})();
