import { readRegisterText } from '#libs/register';
import type { RegisterSource } from '#libs/register';

/** Of the register of Janus, in force from the beginning of 2026, with which customers are customers half a year. */
export function secondVersion(sources: readonly RegisterSource[]): RegisterSource {
  const { text: first = '' } = sources.find(({ register }) => register.controller === 'janus') ?? {};
  const text = first
    .replace(/^version: 1$/m, 'version: 2')
    .replace('from: 2018-05-25', 'from: 2026-01-01')
    .replace('window: P12M', 'window: P6M');
  const { register, faults } = readRegisterText(text, 'janus.yaml');
  if (register?.version !== 2) throw new Error(faults.map(({ message }) => message).join('\n'));
  return { register, text };
}
