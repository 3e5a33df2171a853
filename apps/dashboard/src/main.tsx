import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { retries } from './api/errors.js';
import { meQuery } from './api/queries.js';
import { preferences, show } from './app/preferences.js';
import { makeRouter } from './app/router.js';
import { speak } from './i18n/i18n.js';
import { ShortcutProvider } from './keyboard/shortcuts.js';
import { LiveProvider } from './live/live.js';
import './styles/base.css';
import './styles/tokens.css';
import { ToastProvider } from './ui/Toast.js';
import { TooltipProvider } from './ui/Tooltip.js';

/** ms. The feed says what has changed; this is for where it cannot. */
const FRESH = 30_000;

const queryClient = new QueryClient({ defaultOptions: { queries: { retry: retries, staleTime: FRESH } } });
const router = makeRouter(queryClient);

show();
// Requests and the view's code are under way while the messages are fetched.
void queryClient.prefetchQuery(meQuery());
void router.load();
await speak(preferences().language);

const element = document.getElementById('root');
if (element === null) throw new Error('index.html has no #root.');
createRoot(element).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <LiveProvider>
        <ShortcutProvider>
          <TooltipProvider>
            <ToastProvider>
              <RouterProvider router={router} />
            </ToastProvider>
          </TooltipProvider>
        </ShortcutProvider>
      </LiveProvider>
    </QueryClientProvider>
  </StrictMode>,
);
