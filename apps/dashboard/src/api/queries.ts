/** A query for each resource of the api. Keys begin with the resource's name, by which the feed knows what has changed. */
import { keepPreviousData, queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { DutiesSearch, Filters, FindingsSearch, ProblemsSearch } from '../search/schemas.js';
import { get, part, post } from './client.js';
import { predicted } from './triage.js';
import type {
  Controller,
  Coverage,
  Dimension,
  Duties,
  Finding,
  FindingSummary,
  LogState,
  Me,
  Page,
  Problem,
  ProblemSummary,
  Proof,
  RegisterDifferences,
  RegisterSummary,
  RegisterText,
  Statistics,
  Triage,
} from './types.js';

/** Rows on a page of a list. */
export const PAGE_SIZE = 50;

/** What never changes once it is there. */
const forever = { staleTime: Infinity, gcTime: 60 * 60_000 };

export const meQuery = () =>
  queryOptions({ queryKey: ['me'], queryFn: ({ signal }) => get<Me>('/me', {}, signal), ...forever });

export const controllersQuery = () =>
  queryOptions({
    queryKey: ['controllers'],
    queryFn: async ({ signal }) => (await get<{ items: Controller[] }>('/controllers', {}, signal)).items,
    staleTime: 5 * 60_000,
  });

/** Where nobody has chosen: what came to light last is first, though an event of long ago. */
export const FINDINGS_SORT = '-recordedAt';

/** A page of findings; `limit` for short lists, as on the overview. */
export const findingsQuery = (search: FindingsSearch, limit = PAGE_SIZE) => {
  const query = { ...search, sort: search.sort ?? FINDINGS_SORT, page: undefined };
  return queryOptions({
    queryKey: ['findings', query, limit],
    queryFn: ({ signal }) => get<Page<FindingSummary>>('/findings', { ...query, limit }, signal),
    placeholderData: keepPreviousData,
  });
};

export const findingQuery = (id: string) =>
  queryOptions({
    queryKey: ['finding', id],
    queryFn: ({ signal }) => get<Finding>(`/findings/${part(id)}`, {}, signal),
  });

/** Not refreshed by the feed: a proof holds for the checkpoint it was made for. */
export const proofQuery = (id: string) =>
  queryOptions({
    queryKey: ['proof', id],
    queryFn: ({ signal }) => get<Proof>(`/findings/${part(id)}/proof`, {}, signal),
    staleTime: 60_000,
  });

export const problemsQuery = (search: ProblemsSearch, limit = PAGE_SIZE) =>
  queryOptions({
    queryKey: ['problems', { ...search, page: undefined }, limit],
    queryFn: ({ signal }) => get<Page<ProblemSummary>>('/problems', { ...search, page: undefined, limit }, signal),
    placeholderData: keepPreviousData,
  });

export const problemQuery = (id: string) =>
  queryOptions({
    queryKey: ['problem', id],
    queryFn: ({ signal }) => get<Problem>(`/problems/${part(id)}`, {}, signal),
  });

/** Counts of entries judged, compliant ones too unless `filters` says otherwise, by up to three dimensions. */
export const statisticsQuery = <D extends Dimension>(by: readonly D[], filters: Filters = {}) =>
  queryOptions({
    queryKey: ['statistics', by, filters],
    queryFn: ({ signal }) => get<Statistics<D>>('/statistics', { ...filters, by: by.join(',') }, signal),
    placeholderData: keepPreviousData,
  });

export const registersQuery = () =>
  queryOptions({
    queryKey: ['registers'],
    queryFn: async ({ signal }) => (await get<{ items: RegisterSummary[] }>('/registers', {}, signal)).items,
    staleTime: 5 * 60_000,
  });

export const registerQuery = (controller: string, version: number) =>
  queryOptions({
    queryKey: ['register', controller, version],
    queryFn: ({ signal }) => get<RegisterText>(`/registers/${part(controller)}/versions/${version}`, {}, signal),
    // When it ends is not known before its successor is.
    staleTime: 5 * 60_000,
  });

export const differencesQuery = (controller: string, from: number, to: number) =>
  queryOptions({
    queryKey: ['differences', controller, from, to],
    queryFn: ({ signal }) =>
      get<RegisterDifferences>(`/registers/${part(controller)}/differences`, { from, to }, signal),
    ...forever,
  });

export const coverageQuery = (controller: string, time: Pick<Filters, 'occurredFrom' | 'occurredTo'> = {}) =>
  queryOptions({
    queryKey: ['coverage', controller, time],
    queryFn: ({ signal }) => get<Coverage>(`/registers/${part(controller)}/coverage`, { ...time }, signal),
    placeholderData: keepPreviousData,
  });

/** All open duties of the controllers; which kinds to show is the page's business. */
export const dutiesQuery = ({ controller }: Pick<DutiesSearch, 'controller'> = {}) =>
  queryOptions({
    queryKey: ['duties', controller],
    queryFn: ({ signal }) => get<Duties>('/duties', { controller }, signal),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });

export const logQuery = () =>
  queryOptions({ queryKey: ['log'], queryFn: ({ signal }) => get<LogState>('/log', {}, signal) });

/** Whether the person may triage; false until it is known. */
export function useMayTriage(): boolean {
  const { data } = useQuery(meQuery());
  return data?.roles.some((role) => role === 'officer' || role === 'admin') ?? false;
}

/** Says something to a problem. It is shown at once as it will be, and taken back where the api does not take it. */
export function useTriage(problem: string) {
  const queryClient = useQueryClient();
  const { queryKey } = problemQuery(problem);
  return useMutation({
    mutationFn: async (triage: Triage) => {
      const { csrfToken } = await queryClient.ensureQueryData(meQuery());
      return post<Problem>(`/problems/${part(problem)}/triage`, triage, csrfToken);
    },
    onMutate: async (triage) => {
      const me = await queryClient.ensureQueryData(meQuery());
      await queryClient.cancelQueries({ queryKey });
      const before = queryClient.getQueryData(queryKey);
      if (before) queryClient.setQueryData(queryKey, predicted(before, triage, me, new Date().toISOString()));
      return before;
    },
    onError: (_error, _triage, before) => {
      if (before) queryClient.setQueryData(queryKey, before);
      void queryClient.invalidateQueries({ queryKey });
    },
    onSuccess: (changed) => {
      queryClient.setQueryData(queryKey, changed);
      void queryClient.invalidateQueries({ queryKey: ['problems'] });
    },
  });
}

/** Ends the session, and goes where the provider says. */
export function useLogOut() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      const { csrfToken } = await queryClient.ensureQueryData(meQuery());
      return post<{ location: string }>('/auth/logout', {}, csrfToken);
    },
    onSuccess: (answer) => location.assign(answer.location),
  });
}
