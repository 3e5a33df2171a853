/** The page's addresses. Each view is loaded when it is first gone to, its data at the same time. */
import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  notFound,
  redirect,
  type ErrorComponentProps,
} from '@tanstack/react-router';
import type { ReactNode } from 'react';
import {
  controllersQuery,
  dutiesQuery,
  findingQuery,
  findingsQuery,
  logQuery,
  problemQuery,
  problemsQuery,
  registerQuery,
  registersQuery,
} from '../api/queries.js';
import { CodeMissing } from '../api/errors.js';
import { fromQuery, toQuery } from '../search/query-string.js';
import {
  dutiesSearch,
  findingSearch,
  findingsSearch,
  overviewSearch,
  problemSearch,
  problemsSearch,
  registerSearch,
} from '../search/schemas.js';
import { Failed, Skeleton } from '../ui/State.js';
import { overviewQueries } from '../views/overview/queries.js';
import { versionAt } from '../views/registers/versions.js';
import { lazyView } from './lazy-view.js';
import { MissingCode } from './MissingCode.js';
import { NotFoundView } from './NotFoundView.js';
import { Shell } from './Shell.js';

interface Context {
  queryClient: QueryClient;
}

const root = createRootRouteWithContext<Context>()({
  component: Shell,
  loader: ({ context }) => void context.queryClient.prefetchQuery(controllersQuery()),
});

/*
 * Loaders start the requests and wait for none: a view shows its skeletons meanwhile, and says itself what went wrong.
 */
const overview = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: overviewSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ context: { queryClient }, deps }) => {
    const { byDay, bySeries, open, acknowledged, duties, log } = overviewQueries(deps, Date.now());
    void queryClient.prefetchQuery(byDay);
    void queryClient.prefetchQuery(bySeries);
    for (const query of [open, acknowledged]) void queryClient.prefetchQuery(query);
    void queryClient.prefetchQuery(duties);
    void queryClient.prefetchQuery(log);
  },
  component: lazyView(() => import('../views/overview/OverviewView.js'), 'OverviewView'),
});

const problems = createRoute({
  getParentRoute: () => root,
  path: '/problems',
  validateSearch: problemsSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ context, deps }) => void context.queryClient.prefetchQuery(problemsQuery(deps)),
  component: lazyView(() => import('../views/problems/ProblemsView.js'), 'ProblemsView'),
});

const problem = createRoute({
  getParentRoute: () => root,
  path: '/problems/$id',
  validateSearch: problemSearch,
  loader: ({ context, params }) => void context.queryClient.prefetchQuery(problemQuery(params.id)),
  component: lazyView(() => import('../views/problems/ProblemView.js'), 'ProblemView'),
});

const findings = createRoute({
  getParentRoute: () => root,
  path: '/findings',
  validateSearch: findingsSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ context, deps }) => void context.queryClient.prefetchQuery(findingsQuery(deps)),
  component: lazyView(() => import('../views/findings/FindingsView.js'), 'FindingsView'),
});

const finding = createRoute({
  getParentRoute: () => root,
  path: '/findings/$id',
  validateSearch: findingSearch,
  loader: ({ context, params }) => void context.queryClient.prefetchQuery(findingQuery(params.id)),
  component: lazyView(() => import('../views/findings/FindingView.js'), 'FindingView'),
});

const registers = createRoute({
  getParentRoute: () => root,
  path: '/registers',
  loader: ({ context }) => void context.queryClient.prefetchQuery(registersQuery()),
  component: lazyView(() => import('../views/registers/RegistersView.js'), 'RegistersView'),
});

/** A controller's register, whichever version is in force. */
const registerInForce = createRoute({
  getParentRoute: () => root,
  path: '/registers/$controller',
  validateSearch: registerSearch,
  beforeLoad: async ({ context, params: { controller }, search }): Promise<void> => {
    const all = await context.queryClient.ensureQueryData(registersQuery());
    const version = versionAt(all.find((one) => one.controller === controller)?.versions ?? [], Date.now());
    if (version === undefined) notFound({ throw: true });
    else
      redirect({
        to: '/registers/$controller/versions/$version',
        params: { controller, version },
        search,
        replace: true,
        throw: true,
      });
  },
});

const register = createRoute({
  getParentRoute: () => root,
  path: '/registers/$controller/versions/$version',
  params: {
    parse: ({ controller, version }) => ({ controller, version: versionOf(version) }),
    stringify: ({ controller, version }) => ({ controller, version: String(version) }),
  },
  validateSearch: registerSearch,
  loader: ({ context, params }) =>
    void context.queryClient.prefetchQuery(registerQuery(params.controller, params.version)),
  component: lazyView(() => import('../views/registers/RegisterView.js'), 'RegisterView'),
});

const duties = createRoute({
  getParentRoute: () => root,
  path: '/duties',
  validateSearch: dutiesSearch,
  loaderDeps: ({ search: { controller } }) => ({ controller }),
  loader: ({ context, deps: { controller } }) =>
    void context.queryClient.prefetchQuery(dutiesQuery({ ...(controller && { controller }) })),
  component: lazyView(() => import('../views/duties/DutiesView.js'), 'DutiesView'),
});

const log = createRoute({
  getParentRoute: () => root,
  path: '/log',
  loader: ({ context }) => void context.queryClient.prefetchQuery(logQuery()),
  component: lazyView(() => import('../views/log/LogView.js'), 'LogView'),
});

const routeTree = root.addChildren([
  ...[overview, problems, problem, findings, finding],
  ...[registers, registerInForce, register, duties, log],
]);

export function makeRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    context: { queryClient },
    parseSearch: fromQuery,
    stringifySearch: toQuery,
    scrollRestoration: true,
    defaultPreload: 'intent',
    // TanStack Query knows what is fresh.
    defaultPreloadStaleTime: 0,
    defaultPendingComponent: () => <Skeleton lines={6} />,
    defaultErrorComponent: ({ error, reset }: ErrorComponentProps): ReactNode =>
      error instanceof CodeMissing ? <MissingCode error={error} /> : <Failed error={error} onRetry={reset} />,
    defaultNotFoundComponent: NotFoundView,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}

/** A version counts from 1; anything else is one that is not there. */
function versionOf(text: string): number {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : 0;
}
