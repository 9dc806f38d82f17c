// Says on the page when it has stopped being true: a page that cannot be refreshed looks calm.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
    const home = document.getElementById("home");
    const tell = (isStale) => {
        home.classList.toggle("op-stale", isStale);
        const asOf = home.querySelector(".op-as-of");
        if (isStale && asOf && !asOf.querySelector(".op-alarm")) {
            const words = document.createElement("strong");
            words.className = "op-alarm";
            words.textContent = home.dataset.stale;
            asOf.append(" ", words);
        }
    };
    for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
        home.addEventListener(failure, () => tell(true));
    }
    home.addEventListener("htmx:afterSwap", () => tell(false));
    // A phone that was put away asks at once when it is looked at again.
    document.addEventListener("visibilitychange", () => {
        if (document.visibilityState === "visible") {
            window.htmx.trigger(home, "op:look");
        }
    });
});
