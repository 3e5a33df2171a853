import { hash } from 'node:crypto';

const STYLE = `
:root { color-scheme: light dark; font: 1.0625rem/1.5 system-ui, sans-serif; }
body { max-width: 24rem; margin: 12vh auto 0; padding: 0 1.5rem; }
h1 { font-size: 1.5rem; line-height: 1.25; }
label { display: block; margin-top: 1rem; font-weight: 600; }
input { box-sizing: border-box; width: 100%; padding: 0.5rem; font: inherit; }
button { margin-top: 1.5rem; padding: 0.5rem 1.25rem; font: inherit; cursor: pointer; }
[role='alert'] { padding: 0.5rem 0.75rem; border-left: 0.25rem solid #c62828; }
small { display: block; margin-top: 2rem; overflow-wrap: anywhere; }
`;

/**
 * What a page of ours may load and do: its own style, and forms, the answer to which may lead back to where people
 * wanted to log in.
 */
export function contentPolicy(pageUrl: string): string {
  return [
    "default-src 'none'",
    `style-src 'sha256-${hash('sha256', STYLE, 'base64')}'`,
    `form-action 'self' ${new URL(pageUrl).origin}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** The form to log in with; `failed`: the login that was tried in vain. */
export function loginPage(logins: readonly string[], peopleFile: string, failed: string | null): string {
  const alert =
    failed === null ? '' : '<p role="alert" id="fault">Nobody of this name has this password. Try again.</p>';
  const described = failed === null ? '' : ' aria-describedby="fault" aria-invalid="true"';
  return page(
    'Log in to Hjemmel',
    `${alert}
<form method="post">
<label for="login">Name</label>
<input id="login" name="login" autocomplete="username" autocapitalize="none" spellcheck="false" required${
      failed === null ? ' autofocus' : ` value="${escape(failed)}"`
    }${described}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${
      failed === null ? '' : ' autofocus'
    }${described}>
<button>Log in</button>
</form>
<small>The people of <code>npm start</code> on this machine: ${logins.map(escape).join(', ')}. Their passwords are in
${escape(peopleFile)}.</small>`,
  );
}

/** Asks whether to log out. @param form the provider's own, with id op.logoutForm */
export function logoutPage(form: string): string {
  return page(
    'Log out of Hjemmel',
    `<p>Do you want to log out here too, so that the next login asks for the password?</p>
${form}
<button form="op.logoutForm" name="logout" value="yes" autofocus>Log out</button>
<button form="op.logoutForm">Stay logged in</button>`,
  );
}

/** @param sentence what is wrong */
export function faultPage(sentence: string, pageUrl: string): string {
  return page(
    'This login cannot go on',
    `<p>${escape(sentence)}</p>
<p><a href="${escape(pageUrl)}">Begin again</a></p>`,
  );
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
