import { type Html, html } from './html.js';

/** No script, nothing from elsewhere, no frame around it: a page may show what a stranger wrote. */
export const pagePolicy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "base-uri 'none'",
  // A mail's own HTML stands in a sandbox that submits nothing.
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

export const page = (title: string, body: Html): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <style>
          :root {
            color-scheme: light dark;
            --ground: light-dark(#f6f7f9, #12161c);
            --sheet: light-dark(#ffffff, #1a2029);
            --ink: light-dark(#1c2430, #e6eaf0);
            --soft: light-dark(#566173, #a3aebd);
            --line: light-dark(#dde2e9, #2d3643);
            --edge: light-dark(#7b8798, #77859a);
            --accent: light-dark(#0b5cad, #7cb7f5);
            --bad: light-dark(#b0232f, #ff9aa2);
          }
          * {
            box-sizing: border-box;
          }
          body {
            font:
              15px/1.5 system-ui,
              sans-serif;
            margin: 0;
            background: var(--ground);
            color: var(--ink);
            overflow-wrap: anywhere;
          }
          main {
            max-width: 72rem;
            margin: 0 auto;
            padding: 1rem 1rem 3rem;
          }
          main.narrow {
            max-width: 26rem;
            margin-top: 10vh;
          }
          h1 {
            font-size: 1.5rem;
            line-height: 1.25;
            margin: 0 0 0.75rem;
          }
          h2 {
            font-size: 1.0625rem;
            margin: 1.5rem 0 0.5rem;
          }
          p {
            margin: 0.4rem 0;
          }
          a {
            color: var(--accent);
          }
          .quiet {
            color: var(--soft);
          }
          :focus-visible {
            outline: 3px solid var(--accent);
            outline-offset: 2px;
          }
          .sheet,
          section,
          form {
            background: var(--sheet);
            border: 1px solid var(--line);
            border-radius: 0.5rem;
            padding: 0.75rem 1rem 1rem;
          }
          form {
            max-width: 44rem;
          }
          section h2 {
            margin-top: 0;
          }
          table {
            border-collapse: collapse;
            width: 100%;
          }
          th,
          td {
            text-align: left;
            padding: 0.4rem 0.8rem 0.4rem 0;
            border-bottom: 1px solid var(--line);
            vertical-align: top;
          }
          tr:last-child > * {
            border-bottom: 0;
          }
          th {
            white-space: nowrap;
          }
          .amount {
            text-align: right;
            padding-right: 0;
          }
          main > pre {
            background: var(--sheet);
            border: 1px solid var(--line);
            border-radius: 0.5rem;
            padding: 0.75rem 1rem;
          }
          table.sheet {
            border-collapse: separate;
            border-spacing: 0;
          }
          pre {
            white-space: pre-wrap;
            font-size: 0.8125rem;
            margin: 0;
          }
          .mailboxes {
            display: grid;
            grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr));
            gap: 1rem;
            align-items: start;
          }
          .mails {
            list-style: none;
            margin: 0;
            padding: 0;
          }
          .mails li {
            padding: 0.5rem 0;
            border-top: 1px solid var(--line);
          }
          .mails p {
            margin: 0;
            font-size: 0.875rem;
          }
          input:not([type='checkbox']),
          textarea {
            width: 100%;
            min-height: 2.25rem;
            font: inherit;
            color: inherit;
            padding: 0.375rem 0.625rem;
            background: var(--sheet);
            border: 1px solid var(--edge);
            border-radius: 0.5rem;
          }
          input[type='checkbox'] {
            width: 1.125rem;
            height: 1.125rem;
            vertical-align: -0.1875rem;
            accent-color: var(--accent);
          }
          label {
            display: block;
            margin: 0.6rem 0;
          }
          button {
            font: inherit;
            font-weight: 600;
            min-height: 2.25rem;
            padding: 0.375rem 1rem;
            border: 1px solid var(--accent);
            border-radius: 0.5rem;
            background: var(--accent);
            color: var(--sheet);
            cursor: pointer;
          }
          [role='alert'],
          [role='status'] {
            border-left: 4px solid var(--accent);
            padding: 0.4rem 0.8rem;
          }
          [role='alert'] {
            border-color: var(--bad);
          }
          time {
            white-space: nowrap;
          }
          iframe {
            width: 100%;
            height: 40rem;
            border: 1px solid var(--line);
            background: #fff;
            color-scheme: light;
          }
          conversation-timeline iframe {
            border: 0;
            background: none;
            color-scheme: inherit;
          }
        </style>
      </head>
      <body>
        ${body}
      </body>
    </html> `.source;
