import cedar, { type Context, type StatefulAuthorizationCall } from '@cedar-policy/cedar-wasm/nodejs';
import type { DeclaredRecipient, Purpose } from '#libs/register';
import { BenchError } from '../bench-error.js';
import type { Question, SubsetEngine } from './subset.js';

/**
 * The subset in Cedar, compiled to WebAssembly: a policy set for each register, parsed once and kept by the engine
 * (`preparsePolicySet`, `statefulIsAuthorized`). The purpose is the action, so that a policy of another purpose is
 * done with at its scope. The requests are made beforehand and not counted.
 */
export function cedarEngine(questions: readonly Question[]): SubsetEngine {
  for (const register of new Set(questions.map((question) => question.register))) {
    const staticPolicies = Array.from(register.purposes.values(), permitOf).join('\n');
    const answer = cedar.preparsePolicySet(register.id, { staticPolicies });
    if (answer.type === 'failure') {
      throw new BenchError(`Cedar does not take the policies of ${register.controller}: ${answer.errors[0]?.message}`);
    }
  }
  const calls = questions.map(callOf);
  return {
    name: `Cedar ${cedar.getCedarVersion()} (Wasm)`,
    rules: 'subset',
    answer(index) {
      const answer = cedar.statefulIsAuthorized(calls[index]!);
      if (answer.type === 'failure') throw new BenchError(`Cedar does not answer: ${answer.errors[0]?.message}`);
      const { decision, diagnostics } = answer.response;
      if (diagnostics.errors.length > 0) throw new BenchError('Cedar met an error in a policy.');
      return decision === 'allow';
    },
  };
}

function callOf({ register, event, recipient }: Question): StatefulAuthorizationCall {
  const context: Context = { legalBasis: event.legalBasis, dataCategories: event.dataCategories };
  if (recipient !== null) {
    const { name, role, sector } = recipient;
    context['recipient'] = { name: name.trim().toLowerCase(), role, ...(sector === null ? {} : { sector }) };
  }
  return {
    principal: { type: 'Service', id: event.service },
    action: { type: 'Action', id: event.purpose },
    resource: { type: 'Controller', id: register.controller },
    context,
    preparsedPolicySetId: register.id,
    entities: [],
  };
}

function permitOf({ id, bases, categories, recipients }: Purpose): string {
  return [
    `permit (principal, action == Action::${JSON.stringify(id)}, resource) when {`,
    `  ${set(bases.map(({ basis }) => basis))}.contains(context.legalBasis) &&`,
    `  ${set(categories.keys())}.containsAll(context.dataCategories) &&`,
    `  (${['!(context has recipient)', ...recipients.map(matching)].join(' ||\n    ')})`,
    '};',
  ].join('\n');
}

function matching({ names, roles, sectors, exceptSectors }: DeclaredRecipient): string {
  if (names !== null) return `${set(names)}.contains(context.recipient.name)`;
  const conditions = ['true'];
  if (roles !== null) conditions.push(`${set(roles)}.contains(context.recipient.role)`);
  const has = 'context.recipient has sector';
  if (sectors !== null) conditions.push(`(${has} && ${set(sectors)}.contains(context.recipient.sector))`);
  if (exceptSectors.length > 0)
    conditions.push(`!(${has} && ${set(exceptSectors)}.contains(context.recipient.sector))`);
  return `(${conditions.join(' && ')})`;
}

function set(ids: Iterable<string>): string {
  return `[${Array.from(ids, (id) => JSON.stringify(id)).join(', ')}]`;
}
