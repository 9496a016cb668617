// The text of a report, with the claim that one comes from filled in. Without this script it is filled in by hand.
(() => {
  const text = document.getElementById("bet-report");
  const claim = new URLSearchParams(location.search).get("claim") ?? "";
  const place = new URL(`claims.html#${claim}`, location.href).href;
  const known = /^[A-Z]+-\d+$/.test(claim);
  if (known) {
    text.textContent = text.textContent.replace(/^Error in: .*/, `Error in: ${claim}, ${place}`);
    const back = document.createElement("a");
    back.href = place;
    back.textContent = `Back to ${claim}`;
    const line = document.createElement("p");
    line.append(back);
    text.after(line);
  }
  const mail = document.querySelector("a[data-contact][href^='mailto:']");
  if (mail) {
    const subject = encodeURIComponent(known ? `Error in ${claim}` : "Error in the book");
    mail.href += `?subject=${subject}&body=${encodeURIComponent(text.textContent)}`;
  }
  const copy = document.createElement("button");
  copy.type = "button";
  copy.className = "bet-more";
  copy.textContent = "Copy the text";
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text.textContent);
    copy.textContent = "Copied";
  });
  if (navigator.clipboard) text.after(copy);
})();
