import type { ReactNode } from 'react';

/** A message of the judge, in English, with the ids in it set apart by backticks. */
export function Message({ text }: { text: string }): ReactNode {
  return (
    <span lang="en">
      {text.split('`').map((part, index) =>
        index % 2 === 1 ? (
          <code key={index} className="mono">
            {part}
          </code>
        ) : (
          part
        ),
      )}
    </span>
  );
}
