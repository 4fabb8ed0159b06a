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
          body {
            font:
              16px/1.5 system-ui,
              sans-serif;
            max-width: 90rem;
            margin: 0 auto;
            padding: 1rem;
            overflow-wrap: anywhere;
          }
          h1,
          h2 {
            overflow-wrap: anywhere;
            line-height: 1.25;
          }
          form {
            max-width: 44rem;
          }
          table {
            border-collapse: collapse;
            width: 100%;
          }
          th,
          td {
            text-align: left;
            padding: 0.4rem 0.8rem 0.4rem 0;
            border-bottom: 1px solid #8884;
            overflow-wrap: anywhere;
            vertical-align: top;
          }
          th {
            white-space: nowrap;
          }
          pre {
            white-space: pre-wrap;
            overflow-wrap: anywhere;
          }
          .mailboxes {
            display: grid;
            grid-template-columns: repeat(auto-fit, minmax(min(34rem, 100%), 1fr));
            gap: 1.5rem;
          }
          textarea,
          input:not([type='checkbox']) {
            box-sizing: border-box;
            width: 100%;
            font: inherit;
            padding: 0.4rem;
          }
          label {
            display: block;
            margin: 0.6rem 0;
          }
          button {
            font: inherit;
            padding: 0.4rem 1.2rem;
          }
          [role='alert'] {
            border-left: 4px solid #c00;
            padding-left: 0.8rem;
          }
          time {
            white-space: nowrap;
          }
          @media (max-width: 40rem) {
            .mails thead {
              display: none;
            }
            .mails tr {
              display: block;
              padding: 0.4rem 0;
              border-bottom: 1px solid #8884;
            }
            .mails td {
              display: block;
              padding: 0;
              border: 0;
            }
          }
          iframe {
            width: 100%;
            height: 40rem;
            border: 1px solid #8884;
            background: #fff;
            color-scheme: light;
          }
        </style>
      </head>
      <body>
        ${body}
      </body>
    </html> `.source;
