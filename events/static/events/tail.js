// Shows in a list what is new while somebody looks at it. Without this script a link does.
"use strict";

const SECONDS_BETWEEN_LOOKS = 2;

class Tail {
    constructor(part) {
        this.part = part;
        this.words = part.dataset;
        this.at = part.dataset.at;
        this.status = part.querySelector("[role=status]");
        this.link = part.querySelector("a");
        this.button = part.querySelector("button");
        this.isPaused = false;
        this.waiting = 0;
        this.link.hidden = true;
        this.button.hidden = false;
        this.button.addEventListener("click", () => this.pause(!this.isPaused));
        // What was put away asks at once when it is looked at again.
        document.addEventListener("visibilitychange", () => this.look());
        this.tell("live");
        this.wait();
    }

    wait() {
        setTimeout(async () => {
            await this.look();
            this.wait();
        }, SECONDS_BETWEEN_LOOKS * 1000);
    }

    pause(isPaused) {
        this.isPaused = isPaused;
        this.button.textContent = isPaused ? this.button.dataset.follow : this.button.dataset.pause;
        this.tell(isPaused ? "paused" : "live");
    }

    // The state is a class for the eye and a sentence for everybody; repeated, it is not said again.
    tell(state, count) {
        this.part.classList.toggle("op-tail-live", state === "live" || state === "new");
        const said = count ? `${this.words[state]} ${count}` : this.words[state];
        if (this.status.textContent !== said) {
            this.status.textContent = said;
        }
    }

    async look() {
        if (document.hidden || this.isPaused || this.isLooking) {
            return;
        }
        this.isLooking = true;
        try {
            const { newer, at } = await ask(`${this.words.tail}&after=${this.at}`, "json");
            if (newer || this.waiting) {
                await this.show(this.waiting + newer);
            } else if (this.part.classList.contains("op-tail-stale")) {
                this.tell("live");
            }
            this.at = at;
            this.part.classList.remove("op-tail-stale");
        } catch {
            this.part.classList.add("op-tail-stale");
            this.tell("stale");
        } finally {
            this.isLooking = false;
        }
    }

    async show(count) {
        const list = document.getElementById(this.words.target);
        // Whoever works in the list keeps their place in it.
        if (list && list.contains(document.activeElement)) {
            this.waiting = count;
            this.link.hidden = false;
            this.tell("waiting", count);
            return;
        }
        const page = new DOMParser().parseFromString(await ask(location.href, "text"), "text/html");
        const fresh = page.getElementById(this.words.target);
        if (!list || !fresh) {
            // The first rows of a list that was empty: the page looks different now.
            this.link.hidden = false;
            this.tell("new", count);
            return;
        }
        const known = new Set(rows(list).map(name));
        list.replaceWith(fresh);
        for (const row of rows(fresh)) {
            row.classList.toggle("op-fresh", !known.has(name(row)));
        }
        this.waiting = 0;
        this.link.hidden = true;
        this.tell("new", count);
    }
}

const rows = (list) => [...list.querySelectorAll("tbody tr, li")];
const name = (row) => row.querySelector("a")?.getAttribute("href");

async function ask(address, form) {
    const answer = await fetch(address, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) {
        throw new Error(`${address} answered ${answer.status}`);
    }
    return answer[form]();
}

document.addEventListener("DOMContentLoaded", () => {
    for (const part of document.querySelectorAll("[data-tail]")) {
        new Tail(part);
    }
});
