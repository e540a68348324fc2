/** The page's only style: no file and no font of anybody else's. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fdfdfc; --raised: #f5f5f2; --line: #e3e3dd; --ink: #1d1f21; --soft: #62665f; --accent: #1f5f4a;
  --get: #1f5f8b; --post: #1f6f43; --change: #8a5a00; --delete: #a3302a;
  --text: ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif;
  --mono: ui-monospace, 'SF Mono', SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #16181a; --raised: #1e2123; --line: #303437; --ink: #e4e5e1; --soft: #9ba19a; --accent: #7fc8a9;
    --get: #7db4dd; --post: #7fc993; --change: #d9ad5b; --delete: #e58a83;
  }
}
* { box-sizing: border-box }
html { scroll-behavior: smooth; scroll-padding-top: 1.5rem; -webkit-text-size-adjust: 100% }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.6 var(--text); overflow-wrap: break-word }
a { color: inherit; text-decoration-color: var(--line); text-underline-offset: .2em }
a:hover { color: var(--accent); text-decoration-color: currentColor }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px }
code, pre { font-family: var(--mono); font-size: .85em }
p { margin: .4rem 0 }
.page { display: grid; grid-template-columns: minmax(0, 1fr) }
nav { display: none }
nav strong { display: block; font-size: 1.05rem }
nav h2, .contents h2 { margin: 1.4rem 0 .3rem; font-size: .78rem; font-weight: 600; color: var(--soft) }
nav ul, .contents ul { margin: 0; padding: 0; list-style: none }
nav a, .contents a { display: block; padding: .16rem 0; font-size: .88rem; line-height: 1.4; text-decoration: none }
.contents { margin: 0 0 1.75rem; padding: .6rem 0; border-bottom: 1px solid var(--line) }
.contents summary { cursor: pointer; color: var(--soft); font-size: .92rem }
main { padding: 1.75rem 1.25rem 5rem; min-width: 0; max-width: 76rem }
h1 { margin: 0 0 .5rem; font-size: 1.9rem; line-height: 1.2; letter-spacing: -.015em }
.lead { max-width: 42rem; font-size: 1.06rem; color: var(--soft) }
.facts { display: flex; flex-wrap: wrap; gap: .3rem 1.5rem; margin: 1rem 0 0; padding: 0; font-size: .9rem; color: var(--soft) }
section > h2 { margin: 3.5rem 0 .2rem; padding-top: 1.5rem; border-top: 1px solid var(--line); font-size: 1.35rem; letter-spacing: -.01em }
section > p { max-width: 42rem; color: var(--soft) }
article { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0 2.5rem; padding: 1.6rem 0; border-bottom: 1px solid var(--line) }
article:last-child { border-bottom: 0 }
article h3 { margin: 0; font-size: 1.05rem }
article h3 a { text-decoration: none }
.route { margin: .25rem 0 .5rem; font: .88rem/1.5 var(--mono) }
.method { margin-right: .6em; font-weight: 600 }
.get { color: var(--get) } .post { color: var(--post) } .put, .patch { color: var(--change) } .delete { color: var(--delete) }
h4 { margin: 1.1rem 0 .1rem; font-size: .82rem; font-weight: 600; color: var(--soft) }
.properties { margin: 0; padding: 0; list-style: none; font-size: .92rem }
.properties > li { padding: .45rem 0; border-top: 1px solid var(--line) }
.properties > li:first-child { border-top: 0 }
.properties .properties { margin: .3rem 0 0; padding-left: 1rem; border-left: 2px solid var(--line) }
.properties p { margin: .05rem 0 0; color: var(--soft); font-size: .9rem; max-width: 40rem }
.type { color: var(--soft); font-size: .84rem }
.marked { color: var(--accent); font-size: .78rem }
.answers { margin: .2rem 0 0; padding: 0; list-style: none; font-size: .9rem }
.answers li { display: grid; grid-template-columns: 4.8rem minmax(0, 1fr); padding: .12rem 0; color: var(--soft) }
.answers code { color: var(--ink) }
pre { margin: .8rem 0 0; padding: .85rem 1rem; overflow-x: auto; background: var(--raised); border: 1px solid var(--line); border-radius: 6px; line-height: 1.55; font-size: .82rem; tab-size: 2 }
.shell { white-space: pre-wrap; overflow-wrap: anywhere }
main > .shell { max-width: 42rem }
.small { font-size: .88rem; color: var(--soft) }
@media (min-width: 62rem) {
  .page { grid-template-columns: 17rem minmax(0, 1fr) }
  nav { display: block; position: sticky; top: 0; height: 100vh; overflow-y: auto; border-right: 1px solid var(--line); padding: 2rem 1.5rem }
  .contents { display: none }
  main { padding: 2.25rem 3rem 6rem }
  article { grid-template-columns: minmax(0, 1fr) minmax(0, 24rem) }
}
@media (min-width: 95rem) {
  main { padding-left: 4.5rem }
  article { grid-template-columns: minmax(0, 1fr) minmax(0, 30rem) }
}
@media print { nav, .contents { display: none } pre { white-space: pre-wrap } }
`
