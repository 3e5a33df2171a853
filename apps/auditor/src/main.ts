import { collectByGrowth } from './memory-policy.js';

collectByGrowth();

/** What ships with the package is read while the program loads: a fault there is told as any other, without a trace. */
try {
  await import('./program.js');
} catch (error) {
  if (!(error instanceof Error) || error.name !== 'SchemaError') throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
