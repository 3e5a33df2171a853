import { hash } from 'node:crypto';
import type { Response } from 'express';
import type { Problem } from '../http/problem.js';

const STYLE = `
:root { color-scheme: light dark; font: 1.0625rem/1.5 system-ui, sans-serif; }
body { max-width: 36rem; margin: 15vh auto 0; padding: 0 1.5rem; }
h1 { font-size: 1.5rem; line-height: 1.25; }
`;

/** It has one style and nothing else that could be loaded or run. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${hash('sha256', STYLE, 'base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const TITLE = 'You were not logged in';

/** Tells a person in a page why their login came to nothing, with a way to try again. */
export function sendLoginPage(response: Response, problem: Problem): void {
  response
    .status(problem.status)
    .set({ ...problem.headers, 'content-security-policy': POLICY, 'x-content-type-options': 'nosniff' })
    .type('text/html; charset=utf-8')
    .send(
      `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${TITLE} – Hjemmel</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${TITLE}</h1>
<p>${escape(problem.message)}</p>
<p><a href="/auth/login">Log in</a> or <a href="/auth/login?again">log in as somebody else</a>.</p>
</main>
</body>
</html>
`,
    );
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
