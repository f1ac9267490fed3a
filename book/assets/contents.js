// The contents beside the text follow the reader: the section on top of the screen is
// marked, in either direction, after a jump as well. (The theme marks a heading only
// when it enters the screen; repairs.py gives the list another id, so that it does not.)

const TOP = 0.25; // of the screen: a section begins when its heading is so high

function follow(nav) {
  const places = [...nav.querySelectorAll('a[href^="#"]')]
    .map((link) => [link, document.getElementById(decodeURIComponent(link.hash.slice(1)))])
    .filter(([, section]) => section);
  const entries = [...nav.querySelectorAll(".toc-entry")];
  let marked = null;
  let waiting = false;

  function mark(link) {
    if (link === marked) return;
    marked?.classList.remove("active");
    marked?.removeAttribute("aria-current");
    marked = link;
    link?.classList.add("active");
    link?.setAttribute("aria-current", "true");
    for (const entry of entries) entry.classList.toggle("active", entry.contains(link));
    if (link) show(link);
  }

  function look() {
    waiting = false;
    mark(current(places));
  }

  addEventListener("scroll", () => {
    if (!waiting) requestAnimationFrame(look);
    waiting = true;
  }, { passive: true });
  addEventListener("resize", look);
  look();
}

// The last section that began; at the end of the page, where a short one cannot come to
// the top, the one that was asked for.
function current(places) {
  const { scrollHeight, clientHeight } = document.documentElement;
  const ended = scrollY + clientHeight >= scrollHeight - 2;
  const top = ([, section]) => section.getBoundingClientRect().top;
  const seen = places.filter((place) => top(place) <= (ended ? 1 : TOP) * clientHeight);
  const asked = seen.find((place) => place[0].hash === location.hash && top(place) >= 0);
  return ((ended && asked) || seen.at(-1) || [null])[0];
}

// The list scrolls too, never the page.
function show(link) {
  const box = link.closest(".bd-sidebar-secondary");
  const [inner, outer] = [link, box].map((node) => node.getBoundingClientRect());
  const hidden = inner.top < outer.top || inner.bottom > outer.bottom;
  if (hidden) box.scrollTop += inner.top - outer.top - outer.height / 2;
}

const nav = document.querySelector("#book-contents");
if (nav) follow(nav);
