/** `npm run build`: brings what is missing and compiles into dist/, where the services are run from. */
import { bootstrap } from './bootstrap.mjs';
import { exitWithMessage } from './step.mjs';

await bootstrap().catch(exitWithMessage);
process.stderr.write('dist/ is up to date.\n');
