/** Jest runs the TypeScript sources through swc, as native ES modules (NestJS 12 is ESM only). */
const swc = {
  jsc: {
    target: 'es2024',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
};

const common = {
  testEnvironment: 'node',
  // jest itself adds `import` or `require`, by who asks.
  testEnvironmentOptions: { customExportConditions: ['hjemmel-source', 'node', 'default'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.local/'],
};

/** ms. No test asserts how long something takes, and a machine may be busy. */
const PATIENCE = 60_000;

const folders = '<rootDir>/{apps,libs,test,bench,drill}/**';

export default {
  testTimeout: PATIENCE,
  projects: [
    { ...common, displayName: 'unit', testMatch: [`${folders}/*.unit.spec.ts`] },
    {
      ...common,
      displayName: 'int',
      testMatch: [`${folders}/*.int.spec.ts`],
      globalSetup: '<rootDir>/test/support/global-setup.mjs',
      globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
    },
  ],
};
