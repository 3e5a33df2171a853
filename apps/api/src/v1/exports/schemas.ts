import Type from 'typebox';
import { oneOf } from '../../http/schema.js';
import { FINDING_SORT } from '../findings/schemas.js';
import { PROBLEM_FILTERS, PROBLEM_SORT } from '../problems/schemas.js';
import { FILTERS } from '../schemas.js';

export const ExportParams = Type.Object({ format: oneOf(['csv', 'jsonl', 'pdf'], 'The kind of file.') });

export const FindingsExportQuery = Type.Object({
  ...FILTERS,
  sort: Type.With(FINDING_SORT, { default: '-occurredAt' }),
});

export const ProblemsExportQuery = Type.Object({
  ...PROBLEM_FILTERS,
  sort: Type.With(PROBLEM_SORT, { default: '-lastSeen' }),
});
