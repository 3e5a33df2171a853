import { beforeAll, expect, test } from '@jest/globals';
import { cedarEngine } from './cedar.js';
import { jsonRulesEngine } from './json-rules.js';
import { ownEngine, questionsOf, type Question } from './subset.js';
import { sampleTraffic } from './workload.js';

/**
 * Each question also with the basis, a category or the recipient of another one: far more that is undeclared than in
 * the sample.
 */
let questions: Question[];
beforeAll(async () => {
  const { judgings } = await sampleTraffic(7, 300);
  const asked = questionsOf(judgings, Infinity);
  const sharing = asked.filter(({ recipient }) => recipient !== null);
  questions = asked.flatMap((question, i) => [
    question,
    withBasisAndCategory(question, asked[(i * 7 + 3) % asked.length]!),
    ...(question.recipient === null
      ? []
      : sharing.filter((_, j) => (i + j) % 8 === 0).map((other) => withRecipient(question, other))),
  ]);
});

test('Cedar and json-rules-engine say of every question what the judge says', async () => {
  const own = ownEngine(questions);
  const others = [
    cedarEngine(questions),
    jsonRulesEngine(questions, 'purpose'),
    jsonRulesEngine(questions, 'register'),
  ];
  let declared = 0;
  for (let i = 0; i < questions.length; i++) {
    const expected = own.answer(i);
    for (const other of others) {
      expect({ i, name: other.name, answer: await other.answer(i) }).toEqual({ i, name: other.name, answer: expected });
    }
    if (expected === true) declared++;
  }
  expect(declared / questions.length).toBeGreaterThan(0.4);
  expect(declared / questions.length).toBeLessThan(0.9);
});

function withBasisAndCategory(question: Question, { event: other }: Question): Question {
  const dataCategories = [...question.event.dataCategories, ...other.dataCategories.slice(0, 1)];
  return withEvent(question, { legalBasis: other.legalBasis, dataCategories });
}

function withRecipient(question: Question, { recipient }: Question): Question {
  return { ...withEvent(question, { recipient }), recipient };
}

function withEvent(question: Question, change: object): Question {
  const event = { ...question.event, ...change };
  const judging = { ...question.judging, event: { ...question.judging.event, event } } as Question['judging'];
  return { ...question, judging, event };
}
