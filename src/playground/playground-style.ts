/** Served by a route of its own: the page's policy allows no style within it. */
export const playgroundStyle = `
:root {
  color-scheme: light dark;
  --line: light-dark(#d5d8de, #3a3f48);
  --quiet: light-dark(#596273, #a3acbb);
  --paper: light-dark(#ffffff, #15181d);
  --panel: light-dark(#f5f6f8, #1d2128);
  --real: light-dark(#ffe2dd, #5a1f18);
  --alias: light-dark(#d9f2e0, #14442a);
  --held: light-dark(#fff1cc, #4a3a08);
  --accent: light-dark(#0b57c2, #8ab8ff);
}
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0; background: var(--paper); }
header, main { max-width: 100rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 1rem; }
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 2rem 0 0.5rem; }
h3 { font-size: 1rem; margin: 0; }
p { margin: 0.4rem 0; max-width: 75ch; }
a { color: var(--accent); }
nav { display: flex; flex-wrap: wrap; gap: 0.2rem 1.2rem; margin: 0.4rem 0; }
.quiet { color: var(--quiet); font-size: 0.9rem; }
.row { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; margin: 0.6rem 0; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 21rem), 1fr)); gap: 1rem; align-items: start; }
.panel { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 0.9rem; min-width: 0; }
button, select, textarea { font: inherit; }
button { padding: 0.35rem 0.9rem; border: 1px solid var(--line); border-radius: 6px; background: var(--paper); color: inherit; cursor: pointer; }
button.main { background: var(--accent); border-color: var(--accent); color: var(--paper); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
select { max-width: 100%; padding: 0.35rem; }
textarea { width: 100%; padding: 0.4rem; background: var(--paper); color: inherit; border: 1px solid var(--line); border-radius: 6px; }
label { display: block; margin: 0.4rem 0; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
caption { text-align: left; }
th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.5rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
code, pre { font: 13px/1.5 ui-monospace, monospace; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0.5rem 0; }
.json { max-height: 30rem; overflow: auto; }
mark { color: inherit; padding: 0 0.15em; border-radius: 3px; }
mark.real { background: var(--real); }
mark.alias { background: var(--alias); }
.mail { border-top: 1px solid var(--line); margin-top: 0.7rem; padding-top: 0.5rem; overflow-wrap: anywhere; }
summary { cursor: pointer; }
ol.timeline { list-style: none; margin: 0; padding: 0.9rem; }
ol.timeline li { border-left: 3px solid var(--line); padding: 0.1rem 0 0.6rem 0.8rem; overflow-wrap: anywhere; }
ol.timeline li.held { border-left-color: #c98a00; background: var(--held); }
[role='status'], [role='alert'] { border-left: 4px solid var(--accent); padding: 0.4rem 0.8rem; background: var(--panel); max-width: none; }
[role='alert'] { border-left-color: #c3362b; }
`;
