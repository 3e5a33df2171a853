import type { ReactNode } from 'react';
import { partsOf } from './said.js';

/** A message of the judge, in English, with codes in words and the ids in it set apart. */
export function Message({ text }: { text: string }): ReactNode {
  return (
    <span lang="en">
      {partsOf(text).map((part, index) =>
        part.id ? (
          <code key={index} className="mono">
            {part.text}
          </code>
        ) : part.code === null ? (
          part.text
        ) : (
          <strong key={index} title={part.code}>
            {part.text}
          </strong>
        ),
      )}
    </span>
  );
}
