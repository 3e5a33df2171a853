import Type from 'typebox';
import { Count, Day, named, nullable, oneOf, Sha256, Time, TimeParameter } from '../../http/schema.js';
import { Clause, describe, Name } from '../schemas.js';

const Version = Type.Integer({ minimum: 1 });

const CONTROLLER = describe(Name, 'Id of a controller.');

export const ControllerParams = Type.Object({ controller: CONTROLLER });
export const VersionParams = Type.Object({ controller: CONTROLLER, version: describe(Version, 'As the file says.') });

export const DifferencesQuery = Type.Object({
  from: describe(Version, 'A version.'),
  to: describe(Version, 'Another version.'),
});

export const CoverageQuery = Type.Object({
  occurredFrom: Type.Optional(describe(TimeParameter, 'Inclusive.')),
  occurredTo: Type.Optional(describe(TimeParameter, 'Exclusive.')),
});

export const RegisterVersion = named('RegisterVersion', {
  version: Version,
  id: Sha256,
  inForceFrom: Time,
  loadedAt: nullable(Time, 'When records were first judged by it; null: none were.'),
});

export const RegisterList = named('RegisterList', {
  items: Type.Array(
    named('RegisterVersions', {
      controller: Type.String(),
      name: Type.String({ description: "The controller's legal name." }),
      versions: Type.Array(RegisterVersion, { minItems: 1, description: 'The one that came into force first comes first.' }),
    }),
  ),
});

const CLAUSE = Type.String({ description: 'Id of a clause.' });
const ASSUMED = Type.Boolean({ description: 'The policy does not say it.' });
const CONDITION = Type.String({ description: 'A sentence.' });
const PERIOD = Type.String({ description: 'ISO 8601.', examples: ['P3M'] });

const RetentionPeriod = named('RetentionPeriod', {
  period: PERIOD,
  from: oneOf(['collection', 'end-of-collection-year', 'contract-end']),
  clause: CLAUSE,
  assumed: ASSUMED,
});

const TimeLimit = named('TimeLimit', { within: PERIOD, clause: CLAUSE, assumed: ASSUMED });

export const DeclaredPurpose = named('DeclaredPurpose', {
  id: Type.String(),
  dpv: Type.String({ description: 'IRI in the Data Privacy Vocabulary.' }),
  clause: CLAUSE,
  directMarketing: Type.Boolean(),
  bases: Type.Array(
    Type.Object(
      { basis: Type.String(), clause: CLAUSE, assumed: ASSUMED, conditions: Type.Array(CONDITION) },
      { additionalProperties: false },
    ),
  ),
  basesAssumed: ASSUMED,
  categories: Type.Array(
    Type.Object(
      { category: Type.String(), clause: CLAUSE, assumed: ASSUMED, condition: nullable(CONDITION) },
      { additionalProperties: false },
    ),
  ),
  retention: nullable(
    Type.Object(
      { customer: nullable(RetentionPeriod), neverCustomer: nullable(RetentionPeriod) },
      { additionalProperties: false },
    ),
    'For people who were customers, and for those who never were.',
  ),
  recipients: Type.Array(
    named('DeclaredRecipient', {
      id: Type.String(),
      clause: CLAUSE,
      names: nullable(Type.Array(Type.String())),
      roles: nullable(Type.Array(Type.String()), 'null: any.'),
      sectors: nullable(Type.Array(Type.String()), 'null: any.'),
      uses: nullable(Type.Array(Type.String()), 'null: the policy does not say.'),
      undertakings: Type.Array(Type.String()),
    }),
  ),
});

export const RegisterText = named('RegisterText', {
  controller: Type.String(),
  name: Type.String({ description: "The controller's legal name." }),
  version: Version,
  id: Sha256,
  inForceFrom: Time,
  inForceTo: nullable(Time, 'When the next version came into force; null: there is none.'),
  purposes: Type.Array(DeclaredPurpose),
  clauses: Type.Array(Clause),
  excludedCategories: Type.Array(
    Type.Object({ category: Type.String(), clause: CLAUSE }, { additionalProperties: false }),
  ),
  requests: nullable(TimeLimit, 'In what time requests are answered.'),
  erasureOnWithdrawal: nullable(TimeLimit, 'In what time data is erased once consent is withdrawn.'),
  transfers: nullable(
    Type.Object({ clause: CLAUSE, permitted: Type.Array(Type.String()) }, { additionalProperties: false }),
    'On what grounds data leaves the EEA; null: the policy is silent.',
  ),
});

export const RegisterDifferences = named('RegisterDifferences', {
  from: Version,
  to: Version,
  changes: Type.Array(
    named('RegisterChange', {
      where: Type.String({ examples: ['purposes/marketing/bases/consent/conditions'] }),
      kind: oneOf(['added', 'removed', 'changed']),
      before: Type.Unknown({ description: 'null where it was added.' }),
      after: Type.Unknown({ description: 'null where it was removed.' }),
    }),
  ),
});

export const RegisterCoverage = named(
  'RegisterCoverage',
  {
    declared: Type.Array(
      Type.Object(
        { purpose: Type.String(), events: Count, findings: Count, lastSeen: nullable(Day) },
        { additionalProperties: false },
      ),
      { description: 'Purposes of the newest version, in its order; those that no event ever named too.' },
    ),
    undeclared: Type.Array(Type.Object({ purpose: Type.String(), events: Count }, { additionalProperties: false }), {
      description: 'Purposes that events named, the most frequent first.',
    }),
  },
  'What is declared and used, declared and never used, and used without being declared.',
);
