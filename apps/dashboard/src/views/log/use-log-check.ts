import { useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { checkLog, type LogReport } from '../../log-check/check-log.js';
import { forget } from '../../log-check/kept.js';
import { publicLog } from '../../log-check/public-log.js';

interface LogCheck {
  readonly query: UseQueryResult<LogReport>;
  /** Forgets what was seen before, and checks again. */
  readonly startAnew: () => void;
}

/** Checks the log once when the view is opened, then when it is asked for: each check moves what is kept. */
export function useLogCheck(): LogCheck {
  const queryClient = useQueryClient();
  const query = useQuery({
    queryKey: ['log-check'],
    queryFn: ({ signal }) =>
      checkLog(publicLog(signal), { subtle: globalThis.crypto.subtle, store: localStorage, now: Date.now }),
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  });
  return {
    query,
    startAnew: () => {
      forget(localStorage);
      void queryClient.resetQueries({ queryKey: ['log-check'] });
    },
  };
}
