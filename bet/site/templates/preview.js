// Served by `make preview` only: reloads the page after a writing, shows what is wrong on top of it.
(() => {
  let seen = null;
  const box = document.createElement("pre");
  box.setAttribute("role", "alert");
  box.style.cssText =
    "position:fixed;inset:0 0 auto 0;z-index:9999;margin:0;padding:1rem;max-height:60vh;overflow:auto;" +
    "background:#7a1f1f;color:#fff;white-space:pre-wrap;font:14px/1.5 monospace";
  new EventSource("/-/events").onmessage = (event) => {
    const { written, fault } = JSON.parse(event.data);
    if (seen !== null && written !== seen) location.reload();
    seen = written;
    box.textContent = fault;
    if (fault) document.body.append(box);
    else box.remove();
  };
})();
