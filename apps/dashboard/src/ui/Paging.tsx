import { useCanGoBack, useRouter } from '@tanstack/react-router';
import { ArrowLeft, ArrowRight, ChevronsLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { PAGE_SIZE } from '../api/queries.js';
import type { Page } from '../api/types.js';
import { useFormat } from '../format/use-format.js';
import type { Paging as Place } from '../search/schemas.js';
import { Button } from './Button.js';
import styles from './paging.module.css';

interface PagingProps {
  place: Place;
  page: Page<unknown>;
  /** Goes to a place in the list; {} is its beginning. */
  onMove: (place: Place) => void;
}

/** Where in a list, and the way on. Cursors lead forwards only: back is the browser's back. */
export function Paging({ place, page, onMove }: PagingProps): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { history } = useRouter();
  const canGoBack = useCanGoBack();
  const number = place.page ?? 1;
  const before = (number - 1) * PAGE_SIZE;
  const range =
    page.items.length === 0
      ? t('list.total', { count: page.total, number: format.number(page.total) })
      : t('list.range', {
          from: format.number(before + 1),
          to: format.number(before + page.items.length),
          total: format.number(page.total),
        });
  const { nextCursor } = page;
  const move = (to: Place): void => {
    onMove(to);
    // The list begins anew, far above the button, which may be of no use there.
    document.getElementById('main')?.focus();
  };
  return (
    <nav className={styles.paging} aria-label={t('list.pages')}>
      <span className="muted numeric" aria-live="polite">
        {range}
      </span>
      {(place.cursor !== undefined || nextCursor !== null) && (
        <span className="cluster">
          <Button disabled={place.cursor === undefined} onClick={() => move({})}>
            <ChevronsLeft size={16} aria-hidden />
            {t('list.first')}
          </Button>
          <Button disabled={place.cursor === undefined || !canGoBack} onClick={() => history.back()}>
            <ArrowLeft size={16} aria-hidden />
            {t('list.previous')}
          </Button>
          <Button
            disabled={nextCursor === null}
            onClick={() => nextCursor !== null && move({ cursor: nextCursor, page: number + 1 })}
          >
            {t('list.next')}
            <ArrowRight size={16} aria-hidden />
          </Button>
        </span>
      )}
    </nav>
  );
}
