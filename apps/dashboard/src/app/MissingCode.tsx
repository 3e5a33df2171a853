import { useEffect, useState, type ReactNode } from 'react';
import { Unreachable } from '../api/errors.js';
import { Failed } from '../ui/State.js';

/** Answers whenever the server is up, to anybody. */
const ALIVE = '/health/live';
/** ms between two looks whether the server answers again. */
const LOOK = 2_000;
const RELOADED = 'hjemmel.reloaded';
/** ms. Where the server answers and the code does not come so soon after reloading, reloading does not help. */
const ROUND = 30_000;

/**
 * Where a view's code did not come: waits until the server answers, and loads the page anew. The address has all of the
 * page's state. Only so does it come whole: a browser may remember that a part could not be loaded.
 */
export function MissingCode({ error }: { error: Error }): ReactNode {
  const [broken, setBroken] = useState(false);
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    if (broken) return;
    const look = async (): Promise<void> => {
      const answer = await fetch(ALIVE, { cache: 'no-store' }).catch(() => null);
      if (answer?.ok !== true) return;
      if (reloadedLately()) return setBroken(true);
      sessionStorage.setItem(RELOADED, String(Date.now()));
      location.reload();
    };
    void look();
    const timer = setInterval(() => void look(), LOOK);
    return () => clearInterval(timer);
  }, [broken, asked]);
  if (broken) return <Failed error={error} />;
  return <Failed error={new Unreachable(error)} onRetry={() => setAsked((times) => times + 1)} />;
}

function reloadedLately(): boolean {
  return Date.now() - Number(sessionStorage.getItem(RELOADED)) < ROUND;
}
