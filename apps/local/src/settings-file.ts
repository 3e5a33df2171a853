import { writeSecretFile } from './stack/kept-secret.js';

/** Leaves settings for commands that are run beside `npm start`; readable by the user alone. */
export function writeSettings(file: string, settings: Readonly<Record<string, string>>): void {
  const lines = Object.entries(settings).map(([name, value]) => `${name}='${value}'\n`);
  writeSecretFile(file, `# Written by npm start; holds while it runs.\n${lines.join('')}`);
}
