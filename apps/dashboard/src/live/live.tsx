/** Keeps what the page shows current: the feed's changes make queries stale, in batches. */
import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { createContext, use, useEffect, useState, type ReactNode } from 'react';
import { Batches } from './batches.js';
import { arrived, staleKeys, type Change } from './changes.js';
import { Feed, type Connection } from './feed.js';

/** ms. Under heavy traffic each query is fetched anew at most once in this time. */
const REFETCH_INTERVAL = 1_000;
/** ms between two announcements to screen readers. */
const ANNOUNCE_INTERVAL = 15_000;

interface Live {
  readonly connection: Connection;
  /** Findings in the last announcement's time. */
  readonly announced: number;
}

const LiveContext = createContext<Live>({ connection: 'connecting', announced: 0 });

/** State of the connection, and how many findings to announce. */
export const useLive = (): Live => use(LiveContext);

export function LiveProvider({ children }: { children: ReactNode }): ReactNode {
  const queryClient = useQueryClient();
  const [connection, setConnection] = useState<Connection>('connecting');
  const [announced, setAnnounced] = useState(0);
  useEffect(() => {
    const refetches = new Batches<Change>({
      interval: REFETCH_INTERVAL,
      deliver: (changes) => whenVisible(() => refetch(queryClient, changes)),
    });
    const announcements = new Batches<Change>({
      interval: ANNOUNCE_INTERVAL,
      deliver: (changes) => setAnnounced(arrived(changes)),
    });
    const onChange = (change: Change): void => {
      refetches.add(change);
      if (change.event === 'finding') announcements.add(change);
    };
    const feed = new Feed(onChange, setConnection);
    feed.open();
    return () => {
      feed.close();
      refetches.stop();
      announcements.stop();
    };
  }, [queryClient]);
  return <LiveContext value={{ connection, announced }}>{children}</LiveContext>;
}

/** A page that nobody sees asks for nothing; it catches up when it is looked at again. */
function whenVisible(action: () => void): void {
  if (document.visibilityState === 'visible') return action();
  document.addEventListener('visibilitychange', () => whenVisible(action), { once: true });
}

function refetch(queryClient: QueryClient, changes: readonly Change[]): void {
  for (const queryKey of staleKeys(changes)) void refresh(queryClient, queryKey);
}

/**
 * Fetches anew without cutting off what is being fetched, or a slow answer would never come while changes do. That
 * answer may be from before the change, so another follows it.
 */
async function refresh(queryClient: QueryClient, queryKey: string[]): Promise<void> {
  const underWay = queryClient.isFetching({ queryKey }) > 0;
  await queryClient.invalidateQueries({ queryKey }, { cancelRefetch: false });
  if (underWay) await queryClient.invalidateQueries({ queryKey }, { cancelRefetch: false });
}
