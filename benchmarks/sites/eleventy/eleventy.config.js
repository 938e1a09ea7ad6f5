// Articles in numbered pages by tag, source, author and month, with feeds of their full text.

const PAGE = 20;
const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });

export default function (config) {
  config.addPassthroughCopy({ static: "/" });
  config.addFilter("day", (date) => day.format(date));
  config.addFilter("iso", (date) => date.toISOString());
  config.addFilter("slug", slug);
  config.addCollection("lists", (api) => lists(api).flatMap(pages));
  config.addCollection("feeds", (api) => lists(api).filter((list) => list.feed).map(newest));
  config.addCollection("indexes", (api) => indexes(lists(api)));
  return {
    dir: { input: ".", output: "site" },
    markdownTemplateEngine: false,
    htmlTemplateEngine: "njk",
  };
}

function slug(text) {
  return text.toLowerCase().replaceAll(" ", "-");
}

let known;

// Every list of articles: of the site, its tags, sources, authors and months, the newest first.
function lists(api) {
  const articles = api.getFilteredByGlob("articles/**/*.md").reverse();
  if (known?.articles.length === articles.length && articles.every((one, place) => one === known.articles[place])) {
    return known.lists;
  }
  const groups = new Map([["/", { title: "", url: "/", feed: true, articles }]]);
  const put = (kind, name, url, feed, article) => {
    if (!groups.has(url)) groups.set(url, { kind, title: name, url, feed, articles: [] });
    groups.get(url).articles.push(article);
  };
  for (const article of articles) {
    const { tags, source, author } = article.data;
    for (const tag of tags) put("tags", tag, `/tags/${slug(tag)}/`, true, article);
    put("sources", source, `/sources/${slug(source)}/`, true, article);
    put("authors", author, `/authors/${slug(author)}/`, false, article);
    const month = article.date.toISOString().slice(0, 7);
    put("archive", month, `/${month.replace("-", "/")}/`, false, article);
  }
  known = { articles, lists: [...groups.values()] };
  return known.lists;
}

function pages(list) {
  const total = Math.ceil(list.articles.length / PAGE);
  return Array.from({ length: total }, (_, place) => ({
    ...list,
    number: place + 1,
    total,
    base: list.url,
    url: place ? `${list.url}page/${place + 1}/` : list.url,
    newer: place > 1 ? `${list.url}page/${place}/` : place ? list.url : "",
    older: place + 1 < total ? `${list.url}page/${place + 2}/` : "",
    articles: list.articles.slice(place * PAGE, (place + 1) * PAGE),
  }));
}

function newest(list) {
  return { ...list, articles: list.articles.slice(0, PAGE) };
}

function indexes(all) {
  return ["tags", "sources", "authors", "archive"].map((kind) => ({
    kind,
    lists: all.filter((list) => list.kind === kind).sort((a, b) => (a.title < b.title ? -1 : 1)),
  }));
}
