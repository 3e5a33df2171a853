/** What a view shows while it has nothing to show: loading, empty, failed. Each says what to do. */
import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CloudOff, Inbox, SearchX, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, Unreachable } from '../api/errors.js';
import { signInHref } from '../api/session.js';
import { Button, buttonClass } from './Button.js';
import styles from './state.module.css';

interface EmptyProps {
  title: string;
  /** What to do, or why that is fine. */
  hint?: string;
  action?: ReactNode;
}

export function Empty({ title, hint, action }: EmptyProps): ReactNode {
  return (
    <div className={styles.state}>
      <Inbox className={styles.icon} size={28} strokeWidth={1.5} aria-hidden />
      <p className={styles.title}>{title}</p>
      {hint && <p className="muted small">{hint}</p>}
      {action !== undefined && <div className={styles.actions}>{action}</div>}
    </div>
  );
}

/** A list that its filters leave empty. */
export function EmptyFiltered({ onClear }: { onClear: () => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <Empty
      title={t('state.emptyFiltered')}
      hint={t('state.emptyFilteredHint')}
      action={<Button onClick={onClear}>{t('state.clearFilters')}</Button>}
    />
  );
}

/** Grey lines where text will be. */
export function Skeleton({ lines = 3 }: { lines?: number }): ReactNode {
  const { t } = useTranslation();
  return (
    <div className={styles.skeletons} role="status" aria-label={t('state.loading')}>
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} className={styles.skeleton} />
      ))}
    </div>
  );
}

/** What the fault is called in the catalogue. */
type Fault = 'unreachable' | 'notFound' | 'forbidden' | 'signIn' | 'badRequest' | 'busy' | 'failed' | 'broken';

function faultOf(error: unknown): Fault {
  if (error instanceof Unreachable) return 'unreachable';
  if (!(error instanceof ApiError)) return 'broken';
  switch (error.status) {
    case 400:
    case 422:
      return 'badRequest';
    case 401:
      return 'signIn';
    case 403:
      return 'forbidden';
    case 404:
      return 'notFound';
    case 429:
      return 'busy';
    default:
      return 'failed';
  }
}

const FAULT_ICONS = { unreachable: CloudOff, notFound: SearchX };

export function Failed({ error, onRetry }: { error: unknown; onRetry?: (() => void) | undefined }): ReactNode {
  const { t } = useTranslation();
  const fault = faultOf(error);
  const Icon = fault === 'unreachable' || fault === 'notFound' ? FAULT_ICONS[fault] : TriangleAlert;
  const said = error instanceof ApiError ? error.problem : null;
  return (
    <div className={styles.state} role="alert">
      <Icon className={styles.errorIcon} size={28} strokeWidth={1.5} aria-hidden />
      <p className={styles.title}>{t(`state.${fault}Title`)}</p>
      <p className="muted small">{t(`state.${fault}Hint`)}</p>
      {said !== null && fault !== 'notFound' && (
        <ul className={styles.details} lang="en">
          {[said.detail, ...said.errors.map(({ parameter, detail }) => `${parameter}: ${detail}`)]
            .filter((line) => line !== null)
            .map((line) => (
              <li key={line}>{line}</li>
            ))}
        </ul>
      )}
      <div className={styles.actions}>
        {fault === 'signIn' && (
          <a className={buttonClass('primary')} href={signInHref()}>
            {t('state.signIn')}
          </a>
        )}
        {fault === 'broken' && <Button onClick={() => location.reload()}>{t('state.reload')}</Button>}
        {fault !== 'broken' && onRetry && <Button onClick={onRetry}>{t('state.retry')}</Button>}
        {(fault === 'notFound' || fault === 'broken' || fault === 'badRequest') && (
          <Link className={buttonClass()} to="/">
            {t('state.home')}
          </Link>
        )}
      </div>
    </div>
  );
}

interface LoadedProps<T> {
  query: UseQueryResult<T>;
  children: (data: T) => ReactNode;
  /** Lines of the skeleton. */
  lines?: number;
}

/** The data of a query, or what there is instead. Data that could not be refreshed is still shown. */
export function Loaded<T>({ query, children, lines = 3 }: LoadedProps<T>): ReactNode {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  return <Skeleton lines={lines} />;
}
