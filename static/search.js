// Search in the page: reads the index that Pagefind made, a few kilobytes of it for each question.
(() => {
  "use strict";
  const form = document.querySelector("form.search");
  if (!form || !form.dataset.index) return;
  const said = form.dataset;
  const box = form.elements.q;
  const [status, list, more] = [".search-status", ".results", ".search-more"].map((one) => document.querySelector(one));
  const details = form.querySelector("details");
  const picks = [...form.querySelectorAll("select")];
  const language = document.documentElement.lang || "en";
  let asked = {};
  const STEP = 5;
  const WORDS = 32;
  const PIECES = 3;

  const fetched = new Map();
  const load = (name) => {
    if (!fetched.has(name)) {
      const loading = unpack(name);
      loading.catch(() => fetched.delete(name));
      fetched.set(name, loading);
    }
    return fetched.get(name);
  };

  async function unpack(name) {
    const answer = await fetch(said.index + name);
    if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
    const packed = answer.body.pipeThrough(new DecompressionStream("gzip"));
    const bytes = new Uint8Array(await new Response(packed).arrayBuffer()).subarray("pagefind_dcd".length);
    return name.startsWith("fragment") ? JSON.parse(new TextDecoder().decode(bytes)) : parse(bytes);
  }

  // CBOR: numbers, words, lists.
  function parse(bytes) {
    const words = new TextDecoder();
    let at = 0;
    const next = () => {
      const kind = bytes[at] >> 5;
      let number = bytes[at++] & 31;
      if (number > 23) {
        let size = 1 << (number - 24);
        for (number = 0; size--; ) number = number * 256 + bytes[at++];
      }
      if (kind === 0) return number;
      if (kind === 1) return -1 - number;
      if (kind === 3) return words.decode(bytes.subarray(at, (at += number)));
      return Array.from({ length: number }, next);
    };
    return next();
  }

  let opened;
  const open = () => {
    opened ??= (async () => {
      const answer = await fetch(`${said.index}entry.json`);
      if (!answer.ok) throw new Error(`the index: ${answer.status}`);
      const { meta } = await answer.json();
      const [count, pieces, filters] = await load(`${meta}.pf_meta`);
      return { meta, count, pieces, filters: new Map(filters) };
    })();
    opened.catch(() => (opened = undefined));
    return opened;
  };

  const every = (index) => Array.from({ length: index.count }, (_, number) => number);

  const filterOf = async (index, name) =>
    index.filters.has(name) ? new Map((await load(`filter/${index.filters.get(name)}.pf_filter`))[1]) : new Map();

  const UNSPACED = /[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}]/u;
  const TIGHT = /^[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]{2}$/;
  const spaced = (text) => text.replace(new RegExp(UNSPACED, "gu"), " $& ");
  const ENDING = /(?:ings?|ed|e?s|e[mnr]?|n)$/;

  // Words to look for; one that `follows` counts only right after the one before it: in quotes, and where a script
  // has no spaces.
  function terms(question) {
    const found = [];
    question.normalize("NFC").toLowerCase().split('"').forEach((part, number) => {
      part.split(/\s+/).forEach((run, place) => {
        const words = spaced(run).split(/[\s.,/:_-]+/).map((word) => word.replace(/[^\p{L}\p{N}\p{M}]/gu, ""));
        words.filter(Boolean).forEach((word, index) => {
          const quoted = number % 2 === 1 && (place > 0 || index > 0);
          const follows = found.length > 0 && (quoted || (index > 0 && UNSPACED.test(word)));
          found.push({ word, stem: word.length > 4 ? word.replace(ENDING, "") : word, follows });
        });
      });
    });
    return found.slice(0, 12);
  }

  function likeness(term, word) {
    if (word === term.word) return 1;
    if (word.startsWith(term.word)) return 0.5;
    return word === term.stem || (word.startsWith(term.stem) && word.replace(ENDING, "") === term.stem) ? 0.7 : 0;
  }

  // Pages with a word: how much each says of it, and where.
  async function pagesOf(index, term) {
    const { pieces } = index;
    const last = `${term.stem}\uffff`;
    const wanted = pieces.filter(([start], at) => start <= last && !(pieces[at + 1]?.[0] <= term.stem));
    const exact = wanted.findLastIndex(([start]) => start <= term.word);
    const most = term.word.length < 4 ? 1 : PIECES;
    const from = Math.max(0, Math.min(most > 1 ? exact - 1 : exact, wanted.length - most));
    const found = new Map();
    const read = await Promise.all(wanted.slice(from, from + most).map((one) => load(`index/${one[1]}.pf_index`)));
    for (const [word, pages] of read.flat()) {
      const like = likeness(term, word);
      if (!like) continue;
      for (const [number, numbers] of pages) {
        const known = found.get(number) || { weight: 0, places: new Set() };
        let weight = 1;
        for (const one of numbers) {
          if (one < 0) weight = (-1 - one) / 24;
          else {
            known.places.add(one);
            known.weight += like * weight;
          }
        }
        found.set(number, known);
      }
    }
    return found;
  }

  function following(found, before) {
    const kept = new Map();
    for (const [number, { weight, places }] of found) {
      const earlier = before.get(number)?.places;
      const right = earlier ? [...places].filter((place) => earlier.has(place - 1)) : [];
      if (right.length) kept.set(number, { weight, places: new Set(right) });
    }
    return kept;
  }

  // Pages that have as many of the words as any has, the most telling first, and of about equal ones the newest.
  async function search(wanted) {
    const index = await open();
    const found = await Promise.all(wanted.map((term) => pagesOf(index, term)));
    const hits = new Map();
    wanted.forEach((term, at) => {
      if (term.follows) found[at] = following(found[at], found[at - 1]);
      const rarity = Math.log(1 + index.count / (found[at].size || 1));
      for (const [number, { weight, places }] of found[at]) {
        const hit = hits.get(number) || { number, score: 0, words: 0, places: [] };
        hit.score += rarity * (1 + Math.log2(1 + weight));
        hit.words += 1;
        hit.places.push(...places);
        hits.set(number, hit);
      }
    });
    if (!wanted.length) every(index).forEach((number) => hits.set(number, { number, score: 1, words: 0, places: [] }));
    const most = [...hits.values()].reduce((words, hit) => Math.max(words, hit.words), 0);
    let kept = [...hits.values()].filter((hit) => hit.words === most);
    for (const { name } of picks) {
      if (!asked[name]) continue;
      const pages = new Set((await filterOf(index, name)).get(asked[name]));
      kept = kept.filter((hit) => pages.has(hit.number));
    }
    const step = (hit) => Math.round(4 * Math.log2(hit.score));
    kept.sort((one, other) => step(other) - step(one) || other.number - one.number);
    return { index, hits: kept };
  }

  const element = (name, values, ...inside) => {
    const made = Object.assign(document.createElement(name), values);
    made.append(...inside);
    return made;
  };

  // The words around most of the places, the places marked.
  function excerpt(article, places) {
    const words = article.content.split(" ");
    const title = spaced(article.meta.title).trim().split(/\s+/).length;
    const inText = [...new Set(places)].filter((place) => place >= title).sort((a, b) => a - b);
    let best = inText[0] ?? title;
    for (let from = 0, to = 0, most = 0; from < inText.length; from++) {
      while (inText[to] < inText[from] + WORDS - 6) to++;
      if (to - from > most) [most, best] = [to - from, inText[from]];
    }
    const start = Math.max(title, best - 6);
    const parts = start > title ? ["… "] : [];
    words.slice(start, start + WORDS).forEach((word, at, all) => {
      const marked = inText.includes(start + at);
      parts.push(marked ? element("mark", {}, word) : word);
      if (!TIGHT.test(word.slice(-1) + (all[at + 1] || " ").slice(0, 1))) parts.push(" ");
    });
    if (start + WORDS < words.length) parts.push("…");
    return parts;
  }

  function result(article, places) {
    const { url, title, date, source, lang } = article.meta;
    const day = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, { dateStyle: "long", timeZone: "UTC" });
    const byline = element("p", { className: "byline" });
    if (source) byline.append(element("span", {}, element("bdi", {}, source)), " ");
    byline.append(element("time", { dateTime: date }, day.format(new Date(date))));
    const spoken = { lang: lang || language, dir: "auto" };
    return element(
      "li",
      { className: "result" },
      element("h2", { className: "headline", ...spoken }, element("a", { href: said.base + url.slice(1) }, title)),
      byline,
      element("p", { className: "excerpt", ...spoken }, ...excerpt(article, places)),
    );
  }

  let latest = 0;
  let shown = { index: null, hits: [] };

  async function add(number) {
    const { index, hits } = shown;
    const start = list.children.length;
    const wanted = hits.slice(start, start + STEP);
    const articles = await Promise.all(wanted.map((hit) => load(`fragment/${hit.number}.pf_fragment?${index.meta}`)));
    if (number !== latest) return null;
    list.append(...articles.map((article, at) => result(article, wanted[at].places)));
    more.hidden = list.children.length >= hits.length;
    return list.children[start];
  }

  async function count({ index, hits }) {
    const numbers = new Set(hits.map((hit) => hit.number));
    for (const pick of picks) {
      const all = pick.options[0];
      const counts = [...(await filterOf(index, pick.name))].map(([value, pages]) => [
        value,
        pages.reduce((sum, page) => sum + numbers.has(page), 0),
      ]);
      const order = new Intl.Collator(language, { numeric: true }).compare;
      const named = counts.filter(([value, number]) => number || value === asked[pick.name]);
      named.sort(([one], [other]) => (pick.name === "year" ? order(other, one) : order(one, other)));
      const options = named.map(([value, number]) => new Option(`${value} (${number})`, value));
      pick.replaceChildren(all, ...options);
      pick.value = asked[pick.name] || "";
    }
  }

  async function show() {
    const number = ++latest;
    const wanted = terms(asked.q);
    const picked = picks.some(({ name }) => asked[name]);
    if (!wanted.length && !picked) return clear(asked.q ? said.none : "");
    status.textContent ||= said.loading;
    try {
      const found = await search(wanted);
      if (number !== latest) return;
      shown = found;
      list.replaceChildren();
      await add(number);
      if (number !== latest) return;
      const total = new Intl.NumberFormat(language).format(found.hits.length);
      status.textContent = found.hits.length ? said.count.replace("{number}", total) : said.none;
      more.hidden = list.children.length >= found.hits.length;
      if (picked || details.open) await count(found);
    } catch (error) {
      if (number === latest) fail(error);
    }
  }

  function clear(words) {
    list.replaceChildren();
    more.hidden = true;
    status.textContent = words;
  }

  function fail(error) {
    console.warn(error);
    clear(said.failed);
  }

  const names = ["q", ...picks.map(({ name }) => name)];

  function fromAddress() {
    const query = new URLSearchParams(location.search);
    asked = Object.fromEntries(names.map((name) => [name, (query.get(name) || "").slice(0, 500)]));
    box.value = asked.q;
    for (const pick of picks) {
      if (asked[pick.name] && ![...pick.options].some((one) => one.value === asked[pick.name]))
        pick.append(new Option(asked[pick.name], asked[pick.name]));
      pick.value = asked[pick.name];
    }
  }

  function fromForm(keep) {
    asked = Object.fromEntries(names.map((name) => [name, form.elements[name].value.trim().slice(0, 500)]));
    const query = new URLSearchParams(names.filter((name) => asked[name]).map((name) => [name, asked[name]]));
    const address = location.pathname + (query.size ? `?${query}` : "");
    const change = keep ? "pushState" : "replaceState";
    if (address !== location.pathname + location.search) history[change](null, "", address);
    return show();
  }

  let typing;
  box.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(fromForm, 250);
  });
  box.addEventListener("focus", () => open().catch(() => {}), { once: true });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(typing);
    fromForm(true);
  });
  form.addEventListener("change", (event) => event.target !== box && fromForm(true));
  details.addEventListener("toggle", () => {
    if (!details.open) return;
    const all = (index) => ({ index, hits: every(index).map((number) => ({ number })) });
    open().then((index) => count(list.children.length ? shown : all(index))).catch(fail);
  });
  more.addEventListener("click", () => add(latest).then((first) => first?.querySelector("a").focus()).catch(fail));
  addEventListener("popstate", () => {
    fromAddress();
    show();
  });
  fromAddress();
  show();
})();
