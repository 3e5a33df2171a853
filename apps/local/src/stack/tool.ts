import { spawn } from 'node:child_process';
import { StackError } from './stack-error.js';

export interface Tool {
  readonly command: string;
  readonly args: readonly string[];
  /** What to tell when the command is not installed, such as "Maven (mvn) is missing: install it". */
  readonly missing: string;
  /** What to tell when it fails; the last line of its output is added. */
  readonly failed: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a command of the machine to its end and gives what it printed (stdout and stderr).
 *
 * @throws {StackError} when the command is missing or fails
 */
export async function runTool({ command, args, missing, failed, signal }: Tool): Promise<string> {
  const { code, output } = await new Promise<{ code: number | null; output: string }>((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], signal });
    let output = '';
    const add = (chunk: string): void => void (output += chunk);
    child.stdout.setEncoding('utf8').on('data', add);
    child.stderr.setEncoding('utf8').on('data', add);
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ENOENT' ? new StackError(missing) : error),
    );
    child.on('close', (code) => resolve({ code, output }));
  });
  if (code !== 0) throw new StackError(`${failed} ${firstFault(output)}`.trim());
  return output;
}

/** The line of a tool's output that says most. */
function firstFault(output: string): string {
  const escapes = new RegExp(String.raw`\u001b\[[0-9;]*m`, 'g');
  const lines = output
    .replace(escapes, '')
    .split('\n')
    .map((line) => line.trim());
  const fault = lines.find((line) => /^(\[?ERROR|error)\b/i.test(line)) ?? lines.findLast((line) => line !== '') ?? '';
  return fault === '' ? '' : `(${fault.slice(0, 300)})`;
}
