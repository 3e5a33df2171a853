/**
 * The rooms of the house: what each may touch. Every group that a room does not name is forbidden to it.
 * test/dependency-rules.unit.spec.ts shows of each rule that it can fail.
 */
const groups = {
  kafka: '(^|/)node_modules/kafkajs/',
  mongodb: '(^|/)node_modules/(mongodb|bson)/',
  nest: '(^|/)node_modules/@nestjs/',
  telemetry: '(^|/)node_modules/(pino|prom-client)/',
  files: '^(node:)?fs(/promises)?$',
  network: '^(node:)?(net|tls|http|https|http2|dgram|dns)(/promises)?$',
  processes: '^(node:)?(child_process|cluster|worker_threads)$',
};

const rooms = {
  'libs/register': ['files'],
  'libs/judge': [],
  // Files: the schemas that come with it, read once.
  'libs/events': ['files'],
  'libs/log': [],
  'libs/trail': ['mongodb', 'nest', 'telemetry'],
  'libs/subjects': ['mongodb', 'nest', 'telemetry'],
  'libs/views': ['mongodb'],
  'libs/triage': ['mongodb'],
  'libs/stream': ['kafka', 'nest', 'telemetry', 'network'],
  'libs/publisher': ['kafka', 'nest'],
  'libs/service': ['nest', 'telemetry'],
  'apps/auditor': ['nest', 'telemetry', 'files', 'network'],
  'apps/notary': ['nest', 'telemetry', 'files', 'network'],
  'apps/api': ['nest', 'telemetry', 'files', 'network'],
  'apps/cli': ['files', 'network'],
  'apps/local': ['files', 'network', 'processes', 'nest'],
};

/** Part of a room that may touch more. */
const exceptions = { 'apps/local': '^apps/local/src/stack/' };

const SPEC = '[.]spec[.]tsx?$';
/** What tests share; nothing that runs in production imports it. */
const FIXTURE = '[.]fixture[.]ts$';
const PURE = '^libs/(register|judge|events|log)/';

const roomRules = Object.entries(rooms).map(([room, allowed]) => {
  const forbidden = Object.entries(groups).filter(([group]) => !allowed.includes(group));
  return {
    name: `room-${room.replace('/', '-')}`,
    comment: `${room} may touch ${allowed.join(', ') || 'nothing'} only.`,
    severity: 'error',
    from: { path: `^${room}/`, pathNot: [SPEC, exceptions[room]].filter(Boolean) },
    to: { path: forbidden.map(([, pattern]) => pattern) },
  };
});

module.exports = {
  forbidden: [
    ...roomRules,
    {
      name: 'judge-without-node',
      comment: 'A verdict is a pure function: libs/judge uses no module of Node at all.',
      severity: 'error',
      from: { path: '^libs/judge/', pathNot: SPEC },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'pure-libs-stay-pure',
      comment: 'A lib without I/O must not get it by way of another lib.',
      severity: 'error',
      from: { path: PURE, pathNot: SPEC },
      to: { path: '^libs/', pathNot: PURE },
    },
    {
      name: 'libs-through-their-entry',
      comment: 'A lib is used through its one public entry, #libs/<name>, by everybody else.',
      severity: 'error',
      from: { path: '^libs/([^/]+)/' },
      to: { path: '^libs/', pathNot: ['^libs/$1/', '^libs/[^/]+/src/index[.]ts$'] },
    },
    {
      name: 'apps-use-libs-through-their-entry',
      comment: 'A lib is used through its one public entry, #libs/<name>, by everybody else.',
      severity: 'error',
      from: { path: '^(apps|bench|drill|test)/' },
      to: { path: '^libs/', pathNot: '^libs/[^/]+/src/index[.]ts$' },
    },
    {
      name: 'libs-by-their-name',
      comment: 'Another lib is imported as #libs/<name>, not by a relative path.',
      severity: 'error',
      from: { path: '^libs/([^/]+)/' },
      to: { path: '^libs/', pathNot: '^libs/$1/', dependencyTypesNot: ['aliased-subpath-import'] },
    },
    {
      name: 'apps-use-libs-by-their-name',
      comment: 'A lib is imported as #libs/<name>, not by a relative path.',
      severity: 'error',
      from: { path: '^(apps|bench|drill|test)/' },
      to: { path: '^libs/', dependencyTypesNot: ['aliased-subpath-import'] },
    },
    {
      name: 'no-barrels-inside',
      comment: "A lib's own files import each other directly, not through its public entry.",
      severity: 'error',
      from: { path: '^libs/([^/]+)/', pathNot: SPEC },
      to: { path: '^libs/$1/src/index[.]ts$' },
    },
    {
      name: 'libs-without-apps',
      comment: 'A lib knows nothing of applications, benchmarks and tests.',
      severity: 'error',
      from: { path: '^libs/', pathNot: SPEC },
      to: { path: '^(apps|bench|drill|test)/' },
    },
    {
      name: 'apps-apart',
      comment: 'An application does not import another one.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: SPEC },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'page-in-browsers',
      comment: 'The page runs in browsers: it has what is under /api/v1, and neither libs nor modules of Node.',
      severity: 'error',
      from: { path: '^apps/dashboard/src/', pathNot: SPEC },
      to: {
        path: ['^libs/', '(^|/)node_modules/(@nestjs|mongodb|bson|kafkajs)/', '^(apps|bench|drill|test)/'],
        pathNot: '^apps/dashboard/',
      },
    },
    {
      name: 'page-without-node',
      comment: 'Browsers have no modules of Node.',
      severity: 'error',
      from: { path: '^apps/dashboard/src/', pathNot: SPEC },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'fixtures-for-tests',
      comment: 'Only tests, and what they share, use fixtures.',
      severity: 'error',
      from: { path: '^(apps|libs|bench|drill)/', pathNot: [SPEC, FIXTURE] },
      to: { path: FIXTURE },
    },
    {
      name: 'no-cycles',
      comment: 'Modules that import each other in a circle cannot be understood one by one.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolved',
      comment: 'An import leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'declared-dependencies',
      comment: 'What runs in production comes from dependencies, not from devDependencies or by chance.',
      severity: 'error',
      // The page is built into files of its own.
      from: { path: '^(apps|libs)/', pathNot: [SPEC, FIXTURE, '^apps/dashboard/'] },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only'],
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|[.]local)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['hjemmel-source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
};
