import Type from 'typebox';
import { Count, named, Time } from '../../http/schema.js';
import { describe, ProblemId } from '../schemas.js';
import { Action } from '../triage/schemas.js';

export const FeedQuery = Type.Object({
  after: Type.Optional(describe(Count, 'Log index behind which to begin, where there is no Last-Event-ID.')),
});

export const Feed = Type.String({
  description: `Events, as the HTML standard has them; at least one every 15 seconds.

- \`finding\`: \`data\` is a FindingSummary, \`id\` its \`logIndex\`. Other events have an \`id\` to go on from, too.
- \`checkpoint\`: \`{ "size", "signedAt", "through" }\`.
- \`triage\`: \`{ "problem", "action" }\`.
- \`alive\`: \`{}\`, where nothing else came for 15 seconds.`,
});

export const FeedCheckpoint = named('FeedCheckpoint', { size: Count, signedAt: Time, through: Count });

export const FeedTriage = named('FeedTriage', { problem: ProblemId, action: Action });
