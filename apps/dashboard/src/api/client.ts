/** The one place that speaks HTTP to the api. */
import { toQuery, type QueryValues } from '../search/query-string.js';
import { ApiError, problemDetails, Unreachable } from './errors.js';
import { setSignedOut } from './session.js';

const API = '/api/v1';

/**
 * @param path under /api/v1, its parts encoded (`part`)
 * @throws {ApiError | Unreachable}
 */
export async function get<T>(path: string, query: QueryValues = {}, signal?: AbortSignal): Promise<T> {
  return send<T>(`${API}${path}${toQuery(query)}`, { ...(signal && { signal }) });
}

/**
 * Cookies alone do not authorise a change: `csrfToken` is what /me gave.
 *
 * @throws {ApiError | Unreachable}
 */
export async function post<T>(path: string, body: unknown, csrfToken: string | null): Promise<T> {
  return send<T>(path.startsWith('/auth/') ? path : `${API}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(csrfToken !== null && { 'x-csrf-token': csrfToken }) },
    body: JSON.stringify(body),
  });
}

/** A part of a path, as ids may hold anything. */
export const part = encodeURIComponent;

/** Where a list is to be had as a file, with the filters and the sorting of the page. */
export function exportHref(list: 'findings' | 'problems', format: 'csv' | 'jsonl' | 'pdf', query: QueryValues): string {
  return `${API}/exports/${list}.${format}${toQuery(query)}`;
}

async function send<T>(url: string, init: RequestInit): Promise<T> {
  const response = await answer(url, init);
  const body = await json(response);
  if (response.ok || response.status === 401) setSignedOut(response.status === 401);
  if (response.ok) return body as T;
  throw new ApiError(problemDetails(response.status, response.statusText, body));
}

async function answer(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, {
      credentials: 'same-origin',
      ...init,
      headers: { accept: 'application/json', ...init.headers },
    });
  } catch (error) {
    // An aborted request is nobody's fault; TanStack Query knows what to do with it.
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Unreachable(error);
  }
}

async function json(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return null;
  }
}
